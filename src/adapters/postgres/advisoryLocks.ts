/**
 * Advisory locks of Ballast in its database, each for one purpose: any numbers that nobody else in the database takes,
 * and none twice. One start at a time migrates the database, one at a time runs its site, one apply at a time changes
 * the site's configuration, and one archive at a time takes documents out.
 */
export const ADVISORY_LOCKS = {
  migration: 7_217_001,
  site: 7_217_002,
  apply: 7_217_003,
  archive: 7_217_004,
} as const;

import type { SiteFile } from "./schema/config.ts";

/** Way to a value in the file. */
export type Path = readonly (string | number)[];

/** A problem before its place in the file is known. `onKey`: point at the key rather than at the value. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
  readonly onKey?: boolean;
  /** Hardly meant, but a site can run with it. */
  readonly isWarning?: boolean;
}

/** What others know to be wrong with a site's file, e.g. the drivers that it names. */
export type SiteCheck<Site extends SiteFile = SiteFile> = (site: Site) => Finding[];

/** Shorthand for a finding about a value. */
export function finding(path: Path, message: string, expected: string): Finding {
  return { path, message, expected };
}

/** Shorthand for a finding that a site can run with. */
export function warning(path: Path, message: string, expected: string): Finding {
  return { path, message, expected, isWarning: true };
}

/** A finding for each name that an earlier entry already has. */
export function duplicates(entries: readonly { readonly id: string; readonly path: Path }[], what: string): Finding[] {
  return entries
    .filter(({ id }, index) => entries.findIndex((entry) => entry.id === id) !== index)
    .map(({ id, path }) => finding(path, `${what} "${id}" appears twice`, "each once"));
}

import type { PoolClient } from "./pool.ts";

/** One table of a backup: the columns that are data, and the order in which its rows are written. */
export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** SQL of the order by primary key, by bytes, so that two clusters write the same text. */
  readonly orderBy: string;
  /** Identity column, whose counter must go on after a restore. */
  readonly identity?: string;
}

/** How values are written: settings of a session that would change the text of the same value. */
export const BACKUP_SESSION = [
  "SET LOCAL TimeZone = 'UTC'",
  "SET LOCAL DateStyle = 'ISO, MDY'",
  "SET LOCAL IntervalStyle = 'postgres'",
  "SET LOCAL bytea_output = 'hex'",
  "SET LOCAL extra_float_digits = 1",
  "SET LOCAL statement_timeout = 0",
].join("; ");

/** The migrations are the schema's own book, written by the migration of the restored database. */
const MIGRATIONS = "schema_migration";

/**
 * Every table of the project but the migrations' book, those that others refer to first. Generated columns and numbers
 * of transactions, which belong to their cluster, are left out. @throws Error for a table without a primary key.
 */
export async function backupTables(client: PoolClient): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable & { refersTo: string[] }>(
    `SELECT c.relname AS name,
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND
              a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype) AS columns,
            (SELECT string_agg(quote_ident(a.attname) || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END,
              ', ' ORDER BY k.position) FROM pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum,
              position), pg_attribute a WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum
              = k.attnum) AS "orderBy",
            (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attidentity <> '') AS identity,
            ARRAY(SELECT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
              WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS "refersTo"
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1
      ORDER BY c.relname`,
    [MIGRATIONS],
  );
  const placed: BackupTable[] = [];
  for (let left = rows; left.length > 0;) {
    const ready = left.filter(({ refersTo }) => refersTo.every((name) => placed.some((one) => one.name === name)));
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${left.map((t) => t.name).join(", ")}`);
    for (const { name, columns, orderBy, identity } of ready) {
      if (orderBy === null)
        throw new Error(`table ${name} has no primary key: its rows have no order to be written in`);
      placed.push({ name, columns, orderBy, ...(identity !== null && { identity }) });
    }
    left = left.filter((one) => !ready.includes(one));
  }
  return placed;
}

/** The names of the migrations that have made a database what it is, in order. */
export async function migrationsOf(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS} ORDER BY id`);
  return rows.map(({ name }) => name);
}

/** SQL that writes a table's rows as text, one a line. */
export function copyOut({ name, columns, orderBy }: BackupTable): string {
  return `COPY (SELECT ${columns.map(quoted).join(", ")} FROM public.${quoted(name)} ORDER BY ${orderBy}) TO STDOUT`;
}

/** SQL that reads what `copyOut` has written. */
export function copyIn({ name, columns }: BackupTable): string {
  return `COPY public.${quoted(name)} (${columns.map(quoted).join(", ")}) FROM STDIN`;
}

/** A name of the catalog as SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

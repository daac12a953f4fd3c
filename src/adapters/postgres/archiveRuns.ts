import type { ArchiveRun } from "../../ports/archiveRun.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

/** Keeps one. @throws PortUnavailableError when the database is away */
export async function recordArchiveRun(on: Pool | PoolClient, run: ArchiveRun): Promise<void> {
  await query(
    on,
    `INSERT INTO archive_run (day, folder, documents, bytes, problem, at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [run.day ?? null, run.folder, run.documents, run.bytes, run.problem ?? null, run.at],
  );
}

/** The last one, undefined before the first. @throws PortUnavailableError when the database is away */
export async function lastArchiveRun(on: Pool | PoolClient): Promise<ArchiveRun | undefined> {
  const [row] = await query<{
    day: string | null;
    folder: string;
    documents: number;
    bytes: string;
    problem: string | null;
    at: Date;
  }>(on, `SELECT day::text, folder, documents, bytes, problem, at FROM archive_run ORDER BY run_no DESC LIMIT 1`);
  return (
    row && {
      day: row.day ?? undefined,
      folder: row.folder,
      documents: row.documents,
      bytes: Number(row.bytes),
      problem: row.problem ?? undefined,
      at: instantOf(row.at),
    }
  );
}

import { lastArchiveRun } from "../../adapters/postgres/archiveRuns.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { type ArchiveNow, archiveNow } from "../../readModels/archiveNow.ts";
import type { RunFile } from "../system/system.ts";
import { archiveOwedSince, keepDaysOf } from "./retention.ts";

/** How the archive of a run stands. @throws PortUnavailableError when the database is away */
export async function readArchiveNow(
  pool: Pool,
  { archive, deployments }: Pick<RunFile, "archive" | "deployments">,
  now: Instant,
): Promise<ArchiveNow> {
  const owedSince = await archiveOwedSince(pool, keepDaysOf(deployments));
  return archiveNow(archive, { owedSince, lastRun: await lastArchiveRun(pool) }, now);
}

import { join } from "node:path";
import { retirementsOnRecord } from "../../adapters/postgres/bookSites.ts";
import type { Retirement } from "../../ports/retirements.ts";
import { writeOwnerOnly } from "../worker/privateFile.ts";
import { giveWorker } from "./addSite.ts";
import { readRunFile, siteOf } from "./runFolder.ts";
import { ensureSchedules } from "./schedules.ts";
import type { BookSystem } from "./system.ts";

/**
 * What is left to do of a retirement that the site has accepted: the worker begins anew without the site's feeds, and
 * its schedules end with its last day and month. Asked again, it does what was left undone. Returns its record, and
 * undefined for a site that is not retired.
 * @throws PortUnavailableError when the database is away, CommandError for a site that the run has not
 */
export async function takeOutOfService(
  dataDir: string,
  { client, pool }: Pick<BookSystem, "client" | "pool">,
  siteId: string,
): Promise<Retirement | undefined> {
  const retired = await retirementsOnRecord(pool);
  const retirement = retired.find((one) => one.siteId === siteId);
  if (retirement === undefined) return undefined;
  const run = readRunFile(dataDir);
  const deployment = siteOf(run, siteId);
  writeOwnerOnly(join(dataDir, "run.json"), { ...run, retired });
  giveWorker(dataDir, { retired });
  if (run.clock.kind === "real") await ensureSchedules(client, run.bookId, deployment, retirement.at);
  return retirement;
}

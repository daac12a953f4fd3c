import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ledgerIdOf,
  postgresRetirements,
  recordAddition,
  type SiteAddition,
} from "../../adapters/postgres/bookSites.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { type Book, retiredText } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import { clashProblem } from "../worker/loadBook.ts";
import { writeOwnerOnly } from "../worker/privateFile.ts";
import { servableSites } from "../worker/siteBook.ts";
import type { WorkerSettings } from "../worker/workerSettings.ts";
import { holdings } from "./bookChanges.ts";
import { readRunFile } from "./runFolder.ts";
import type { BookSystem } from "./system.ts";
import { startWatches } from "./watches.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

/**
 * Takes a site into a book that runs: it is recorded with who and why, the worker begins anew with it, its meters are
 * read, and it is told of every feed from its next publication on. Asked again, it does what was left undone.
 * @throws CommandError 1 for a site that is retired, that the worker could not serve, or that would have what another
 * has in force; PortUnavailableError when the database is away
 */
export async function addSite(
  dataDir: string,
  system: Pick<BookSystem, "client" | "clock" | "clockSettings" | "pool">,
  deployment: Deployment,
  { actor, reason }: Pick<SiteAddition, "actor" | "reason">,
): Promise<Book> {
  const { siteId } = deployment.plan;
  const [unserved] = servableSites([deployment]).unserved;
  if (unserved !== undefined)
    throw new CommandError(ExitCode.no, `site ${siteId} is not added, it cannot run: ${unserved.problem}`);
  refuseClash(readRunFile(dataDir), deployment, await system.clock.now());
  const retired = await postgresRetirements(system.pool).of(siteId);
  if (retired !== undefined)
    throw new CommandError(
      ExitCode.no,
      `${retiredText(retired)}; its id stands in money and evidence for good: add the site under another id`,
    );
  const ledgerId = await ledgerIdOf(system.pool);
  const at = await system.clock.now();
  await recordAddition(system.pool, { siteId, actor, reason, at });
  // as it is now: another site may have been added since
  const run = readRunFile(dataDir);
  refuseClash(run, deployment, at);
  const deployments = withSite(run.deployments, deployment);
  const unservedNow = run.unserved?.filter((one) => one.siteId !== siteId);
  writeOwnerOnly(join(dataDir, "run.json"), { ...run, deployments, unserved: unservedNow });
  giveWorker(dataDir, { deployments });
  const book = { bookId: run.bookId, deployments, retired: run.retired };
  await startWatches({ ...system, book }, ledgerId);
  return book;
}

/** What runs counts, whatever the files say by now. @throws CommandError 1 */
function refuseClash(run: Pick<Book, "deployments" | "retired">, deployment: Deployment, at: Instant): void {
  const { siteId } = deployment.plan;
  if (run.deployments.some(({ plan }) => plan.siteId === siteId)) return;
  for (const held of holdings(run, at)) {
    const clash = clashProblem(deployment, [held]);
    if (clash === undefined) continue;
    const gone = run.retired?.find((one) => one.siteId === held.plan.siteId);
    const todo =
      gone === undefined
        ? "and that is in force; apply that site without it first"
        : `and ${retiredText(gone)}; its meters are read to the end of that day, its contracts stay its own`;
    throw new CommandError(ExitCode.no, `site ${siteId} is not added: it ${clash}, ${todo}`);
  }
}

function withSite(deployments: readonly Deployment[], deployment: Deployment): readonly Deployment[] {
  const isThere = deployments.some(({ plan }) => plan.siteId === deployment.plan.siteId);
  return isThere ? deployments : [...deployments, deployment];
}

/** The worker takes changed settings up with a new process. */
export function giveWorker(dataDir: string, given: Partial<Pick<Book, "deployments" | "retired">>): void {
  const path = join(dataDir, "worker.json");
  if (!existsSync(path)) return;
  const settings = JSON.parse(readFileSync(path, "utf8")) as WorkerSettings;
  const changed = { ...settings, ...given };
  if (!sameValue(settings, changed)) writeOwnerOnly(path, changed);
}

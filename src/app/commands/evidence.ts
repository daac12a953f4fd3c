import { resolve } from "node:path";
import { postgresClockWitness } from "../../adapters/postgres/clockWitness.ts";
import { createPool, type Pool } from "../../adapters/postgres/pool.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { exportBundle } from "../evidence/evidenceBundle.ts";
import { readArchiveNow } from "../evidence/readArchiveNow.ts";
import { clockOfRun } from "../system/runClock.ts";
import { findRunFolder, readRunFile, runHasEnded, siteOf } from "../system/runFolder.ts";
import type { RunFile } from "../system/system.ts";
import { runClockOf } from "../worker/wire.ts";
import { ARCHIVE_OPTION, archiveIn, withoutDocument } from "./archiveOption.ts";
import type { AppCommand } from "./command.ts";

interface EvidenceOptions {
  readonly run?: string;
  readonly site?: string;
  readonly archive?: string;
  readonly archiveApart?: true;
}

/**
 * `ballast evidence`: the audit bundle of a running site. Its action throws CommandError, with the exit code, when no
 * run answers or the bundle cannot be written.
 */
export const evidenceCommand = {
  name: "evidence",
  summary: "write the audit bundle of a running site",
  description:
    "Writes everything that an auditor needs to check a site offline into a new folder: the histories of its " +
    "closed runs, settlements, statements, command and register ledgers, and the market documents they were read " +
    "from. The run that is still open will be in the next bundle. Nothing is overwritten.",
  arguments: [{ name: "<folder>", what: "new folder for the bundle" }],
  options: [
    { flags: "--run <dir>", what: "data folder of the run" },
    { flags: "--site <id>", what: "site, when the run has several" },
    ARCHIVE_OPTION,
    { flags: "--archive-apart", what: "leave out what is in the archive: audit takes it from there" },
  ],
  help:
    "\nExamples:\n  ballast evidence audit-2026-08 --run .data/site\n  ballast audit audit-2026-08\n\n" +
    "Prints the chain head. Publish it outside the bundle: then nobody can rewrite the whole chain.\n\n" +
    "Exit codes: 0 written; 2 the folder exists, or a document is nowhere; 4 no stack runs.",
  examples: [{ call: "ballast evidence audit-2026-08", what: "the audit bundle of a running site" }],
  async run(folder: string, options: EvidenceOptions) {
    const { dir, notice } = findRunFolder(options.run);
    if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
    const run = readRunFile(dir);
    const deployment = siteOf(run, options.site);
    const clock = clockOfRun(run);
    const pool = createPool(run.appDatabaseUrl, 2);
    try {
      const now = await marketTimeOf(pool, run, clock).catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const { problem: archiveProblem } = await readArchiveNow(pool, run, now);
      const manifest = await exportBundle(resolve(folder), pool, deployment, now, {
        archive: archiveIn(dir, run, options.archive),
        isArchiveApart: options.archiveApart,
        archiveProblem,
      }).catch(withoutDocument);
      console.log(
        `${manifest.runs.length} closed runs, ${manifest.settlements.length} settled versions, ` +
          `${manifest.documents.length} documents in ${resolve(folder)}`,
      );
      console.log(
        manifest.runs.length === 0
          ? "No run of the site has closed yet, so there is nothing to audit: its run closes at Central midnight."
          : `Chain head, to publish: ${manifest.headChainHash}`,
      );
    } finally {
      clock.close();
      await pool.end();
    }
  },
} satisfies AppCommand;

/** By the database's clock where it can tell: what a bundle goes up to is no matter of the machine that asks. */
async function marketTimeOf(pool: Pool, run: RunFile, clock: MarketClock): Promise<Instant> {
  return (await postgresClockWitness(pool, runClockOf(run.clock)).now()) ?? (await clock.now());
}

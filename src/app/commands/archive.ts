import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { archiveDocuments, keepDaysOf } from "../evidence/retention.ts";
import { clockOfRun } from "../system/runClock.ts";
import { findRunFolder, readRunFile, runHasEnded } from "../system/runFolder.ts";
import { ARCHIVE_OPTION, archiveIn } from "./archiveOption.ts";
import type { AppCommand } from "./command.ts";

/**
 * `ballast archive`: documents that have been in the database for long enough go to a folder. Its action throws
 * CommandError, with the exit code, when no run answers.
 */
export const archiveCommand = {
  name: "archive",
  summary: "move old market documents from the database to a folder",
  description:
    "Moves the raw bytes of market documents that are older than their report's keepDays from the database to an " +
    "archive: a folder a day, each document gzipped under its SHA-256, with an index. They leave the database when " +
    "they are on disk and have been read back; their rows and values stay. Run it daily. Nothing is removed from the " +
    "archive: keep it for seven years.",
  options: [
    { flags: "--run <dir>", what: "data folder of the run" },
    { ...ARCHIVE_OPTION, what: "folder of the archive; else archive in the data folder" },
  ],
  help:
    "\nExample:\n  ballast archive --run .data/site --archive /archive/my-site\n\n" +
    "`ballast evidence` and `ballast record` read documents from it, and `ballast audit --archive` too.\n\n" +
    "Exit codes: 0 moved, or nothing to move; 4 no stack runs.",
  examples: [{ call: "ballast archive --run .data/site", what: "old market documents leave the database, daily" }],
  async run(options: { readonly run?: string; readonly archive?: string }) {
    const { dir, notice } = findRunFolder(options.run);
    if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
    const run = readRunFile(dir);
    const clock = clockOfRun(run);
    const pool = createPool(run.appDatabaseUrl, 1, WITHOUT_LIMIT_MS);
    try {
      const now = await clock.now().catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const archive = archiveIn(dir, options.archive);
      const { documents, bytes } = await archiveDocuments(pool, archive, keepDaysOf(run.deployments), now);
      console.log(`${documents} documents have left the database; ${bytes} bytes written in ${archive.dir}`);
    } finally {
      clock.close();
      await pool.end();
    }
  },
} satisfies AppCommand;

import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { answers } from "../../adapters/postgres/server.ts";
import { archiveDueAt } from "../../domain/evidence/archiveDueAt.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { archiveTurn } from "../evidence/archiveTurn.ts";
import { keepDaysOf } from "../evidence/retention.ts";
import { clockOfRun } from "../system/runClock.ts";
import { findRunFolder, readRunFile, runHasEnded } from "../system/runFolder.ts";
import { ARCHIVE_OPTION, archiveToFill } from "./archiveOption.ts";
import type { AppCommand } from "./command.ts";
import { dayArgument } from "./dayArgument.ts";

interface ArchiveOptions {
  readonly run?: string;
  readonly archive?: string;
  readonly day?: string;
}

/**
 * `ballast archive`: documents that have been in the database for long enough go to a folder. Its action throws
 * CommandError, with the exit code, when no run answers, another archive is at work or the folder cannot be used.
 */
export const archiveCommand = {
  name: "archive",
  summary: "move old market documents from the database to a folder",
  description:
    "Moves the raw bytes of market documents that are older than their report's keepDays from the database to an " +
    "archive: a folder a day, each document gzipped under its SHA-256, with an index. They leave the database when " +
    "they are on disk and have been read back; their rows and values stay. `ballast start` does it every day where " +
    "the configuration has an `archive`; by hand it may be run at any time. Nothing is removed from the archive: " +
    "keep it for seven years.",
  options: [
    { flags: "--run <dir>", what: "data folder of the run" },
    ARCHIVE_OPTION,
    { flags: "--day <YYYY-MM-DD>", what: "no more than what had to go by that day's turn", parse: dayArgument },
  ],
  help:
    "\nExample:\n  ballast archive --run .data/site\n\n" +
    "A folder that is named is not made: it may be a disk that is not mounted. One that does not hold what left the " +
    "database last is refused. `ballast evidence` and `ballast record` read documents from it, and " +
    "`ballast audit --archive` too.\n\n" +
    "Exit codes: 0 moved, or nothing to move; 1 another archive is at work; 2 the folder or a document cannot be " +
    "used; 4 no stack runs.",
  examples: [{ call: "ballast archive --run .data/site", what: "old market documents leave the database" }],
  async run(options: ArchiveOptions) {
    const { dir, notice } = findRunFolder(options.run);
    if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
    const run = readRunFile(dir);
    const clock = clockOfRun(run);
    const pool = createPool(run.appDatabaseUrl, 1, WITHOUT_LIMIT_MS);
    try {
      await answers(pool).catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const now = await clock.now().catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const { day } = options;
      const dueAt = day === undefined ? now : archiveDueAt(day, atOf(run.archive));
      if (dueAt > now)
        throw new CommandError(ExitCode.unusable, `--day ${day}: its turn is at ${dueAt}, it is ${now} now`);
      const archive = archiveToFill(dir, run, options.archive);
      const done = await archiveTurn(pool, archive, keepDaysOf(run.deployments), { day, dueAt, now });
      if (done === "busy")
        throw new CommandError(ExitCode.no, "another archive is at work on this database: let it end, then look again");
      console.log(`${done.documents} documents have left the database; ${done.bytes} bytes written in ${archive.dir}`);
    } finally {
      clock.close();
      await pool.end();
    }
  },
} satisfies AppCommand;

/** @throws CommandError where the run's configuration names no turn */
function atOf(archive: { readonly at: string } | undefined): string {
  if (archive !== undefined) return archive.at;
  throw new CommandError(ExitCode.unusable, "--day: the run's configuration has no `archive`, and so no turns");
}

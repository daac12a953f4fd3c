import { resolve } from "node:path";
import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { answers } from "../../adapters/postgres/server.ts";
import { findRunFolder, readRunFile, runHasEnded } from "../system/runFolder.ts";
import { dayArgument } from "./dayArgument.ts";
import { ARCHIVE_OPTION, archiveIn, withoutDocument } from "./archiveOption.ts";
import type { AppCommand } from "./command.ts";
import { recordDay } from "../evidence/recordDay.ts";

/**
 * `ballast record`: a day's raw documents of every report as a folder that can be replayed. Its action throws
 * CommandError, with the exit code, when no run answers, the folder exists or nothing of the day is kept.
 */
export const recordCommand = {
  name: "record",
  summary: "write a day's market documents into a folder that can be replayed",
  description:
    "Writes the raw documents that a running site has fetched of one operating day, of every report and page, into a " +
    "new folder: the files as they came, and a manifest with source, document, times and SHA-256 of each. " +
    "`ballast replay-day <folder>` takes it whole, grid level and messages included.",
  arguments: [{ name: "<folder>", what: "new folder for the recording" }],
  options: [
    { flags: "--day <YYYY-MM-DD>", what: "operating day", isRequired: true, parse: dayArgument },
    { flags: "--run <dir>", what: "data folder of the run" },
    ARCHIVE_OPTION,
  ],
  help:
    "\nExample:\n  ballast record recordings/2026-08-18 --day 2026-08-18 --run .data/site\n\n" +
    "A day that is not over is recorded as far as it has come. ERCOT's terms of use allow no bulk redistribution.\n\n" +
    "Exit codes: 0 written; 2 the folder exists, nothing of the day is kept, or a document is nowhere; " +
    "4 no stack runs.",
  examples: [{ call: "ballast record recordings/2026-08-18 --day 2026-08-18 --run .data/site" }],
  async run(folder: string, options: { readonly day: string; readonly run?: string; readonly archive?: string }) {
    const { dir, notice } = findRunFolder(options.run);
    if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
    const run = readRunFile(dir);
    const pool = createPool(run.appDatabaseUrl, 1, WITHOUT_LIMIT_MS);
    try {
      await answers(pool).catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const { documents, sources, bytes } = await recordDay(
        pool,
        options.day,
        resolve(folder),
        archiveIn(dir, run, options.archive),
      ).catch(withoutDocument);
      console.log(`${documents} documents of ${options.day}, ${bytes} bytes, in ${resolve(folder)}`);
      console.log(`Sources: ${sources.join(", ")}`);
      console.log(`Replay it: ballast replay-day ${folder} --config <site>`);
    } finally {
      await pool.end();
    }
  },
} satisfies AppCommand;

import { resolve } from "node:path";
import { backup } from "../../adapters/postgres/backup.ts";
import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { answers } from "../../adapters/postgres/server.ts";
import { newFolder } from "../newFolder.ts";
import { findRunFolder, readRunFile, runHasEnded } from "../system/runFolder.ts";
import type { AppCommand } from "./command.ts";

/**
 * `ballast backup`: everything that a site keeps, as it stood at one moment. Its action throws CommandError, with the
 * exit code, when no run answers or the folder exists.
 */
export const backupCommand = {
  name: "backup",
  summary: "write everything that a running site keeps into a folder",
  description:
    "Writes every table of a running site's database into a new folder, as it is at one moment: a gzipped text " +
    "file for each table, and a manifest with the rows and the SHA-256 of each. The site goes on meanwhile. " +
    "Nothing is overwritten. The secrets of the data folder are not in it.",
  arguments: [{ name: "<folder>", what: "new folder for the backup" }],
  options: [{ flags: "--run <dir>", what: "data folder of the run" }],
  help:
    "\nExample:\n  ballast backup /backups/2026-08-18 --run /var/lib/ballast/my-site\n\n" +
    "Read it back with `ballast restore`.\n\nExit codes: 0 written; 2 the folder exists; 4 no stack runs.",
  examples: [{ call: "ballast backup /backups/2026-08-18 --run .data/site" }],
  async run(folder: string, options: { readonly run?: string }) {
    const { dir, notice } = findRunFolder(options.run);
    if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
    const pool = createPool(readRunFile(dir).appDatabaseUrl, 1, WITHOUT_LIMIT_MS);
    try {
      await answers(pool).catch((error: unknown) => {
        throw runHasEnded(dir, error);
      });
      const { tables } = await newFolder(folder, "a backup", (draft) => backup(pool, draft, new Date()));
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      console.log(`${rows} rows of ${tables.length} tables in ${resolve(folder)}`);
    } finally {
      await pool.end();
    }
  },
} satisfies AppCommand;

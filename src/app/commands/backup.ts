import { resolve } from "node:path";
import { Command } from "commander";
import { backup, BackupError } from "../../adapters/postgres/backup.ts";
import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { answers } from "../../adapters/postgres/server.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { findRunFolder, readRunFile, runHasEnded } from "../system/runFolder.ts";

/**
 * `ballast backup`: everything that a site keeps, as it stood at one moment. Its action throws CommandError, with the
 * exit code, when no run answers or the folder exists.
 */
export function backupCommand(): Command {
  return new Command("backup")
    .summary("write everything that a running site keeps into a folder")
    .description(
      "Writes every table of a running site's database into a new folder, as it is at one moment: a gzipped text " +
        "file for each table, and a manifest with the rows and the SHA-256 of each. The site goes on meanwhile. " +
        "Nothing is overwritten. The secrets of the data folder are not in it.",
    )
    .argument("<folder>", "new folder for the backup")
    .option("--run <dir>", "data folder of the run")
    .addHelpText(
      "after",
      "\nExample:\n  ballast backup /backups/2026-08-18 --run /var/lib/ballast/my-site\n\n" +
        "Read it back with `ballast restore`.\n\nExit codes: 0 written; 2 the folder exists; 4 no stack runs.",
    )
    .action(async (folder: string, options: { readonly run?: string }) => {
      const { dir, notice } = findRunFolder(options.run);
      if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
      const pool = createPool(readRunFile(dir).appDatabaseUrl, 1, WITHOUT_LIMIT_MS);
      try {
        await answers(pool).catch((error: unknown) => {
          throw runHasEnded(dir, error);
        });
        const { tables } = await backup(pool, resolve(folder), new Date()).catch((error: unknown) => {
          if (error instanceof BackupError) throw new CommandError(ExitCode.unusable, error.message, { cause: error });
          throw error;
        });
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        console.log(`${rows} rows of ${tables.length} tables in ${resolve(folder)}`);
      } finally {
        await pool.end();
      }
    });
}

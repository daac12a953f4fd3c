import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { BackupError, type BackupManifest, readManifest, restore } from "../../adapters/postgres/backup.ts";
import { migrate } from "../../adapters/postgres/migrate.ts";
import { createPool, WITHOUT_LIMIT_MS } from "../../adapters/postgres/pool.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { startLocalStack } from "../stack/localStack.ts";
import type { AppCommand } from "./command.ts";

/**
 * `ballast restore`: a backup into an empty database. Its action throws CommandError (2) when the database is not empty
 * or the backup is not what its manifest says; nothing is restored then.
 */
export const restoreCommand = {
  name: "restore",
  summary: "read a backup into an empty database",
  description:
    "Reads what `ballast backup` wrote into the database of a new data folder, or into an empty database that " +
    "BALLAST_DATABASE_URL names. It restores everything in one transaction, checked against the manifest before " +
    "and after, or nothing. Workflows that were running are not in a backup: the site begins a new run from what " +
    "was restored.",
  arguments: [{ name: "<folder>", what: "folder that `ballast backup` wrote" }],
  options: [{ flags: "--data <dir>", what: "new data folder for the site", isRequired: true }],
  help:
    "\nExamples:\n  ballast restore /backups/2026-08-18 --data /var/lib/ballast/my-site\n" +
    "  ballast start my-site.yaml --data /var/lib/ballast/my-site\n\n" +
    "Exit codes: 0 restored; 2 the backup or the database cannot be used.",
  examples: [{ call: "ballast restore /backups/2026-08-18 --data .data/again" }],
  async run(folder: string, options: { readonly data: string }) {
    const dataDir = resolve(options.data);
    const backup = resolve(folder);
    await orUnusable(async () => {
      // A folder that is no backup starts no servers and leaves no data folder behind.
      readManifest(backup);
      const stack = await startLocalStack({ dataDir, keep: true, onProgress: (line) => console.log(line) });
      try {
        await migrate(stack.ownerDatabaseUrl, randomBytes(18).toString("hex"));
        const { tables, createdAt } = await restoreInto(stack.ownerDatabaseUrl, backup);
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        console.log(
          `${rows} rows of ${tables.length} tables as of ${createdAt} restored; start the site in ${dataDir}`,
        );
      } finally {
        await stack.stop();
      }
    });
  },
} satisfies AppCommand;

async function restoreInto(ownerDatabaseUrl: string, backup: string): Promise<BackupManifest> {
  const owner = createPool(ownerDatabaseUrl, 1, WITHOUT_LIMIT_MS);
  try {
    return await restore(owner, backup);
  } finally {
    await owner.end();
  }
}

async function orUnusable(act: () => Promise<void>): Promise<void> {
  await act().catch((error: unknown) => {
    throw error instanceof BackupError
      ? new CommandError(ExitCode.unusable, error.message, { cause: error })
      : (error as Error);
  });
}

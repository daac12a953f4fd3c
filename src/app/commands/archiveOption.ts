import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { FolderArchive } from "../../adapters/archive/folderArchive.ts";
import { PortDataError } from "../../ports/errors.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { RunFile } from "../system/system.ts";

/** Where documents lie that have left the database. */
export const ARCHIVE_OPTION = {
  flags: "--archive <dir>",
  what: "folder of the archive; else the run's own, else archive in the data folder",
} as const;

/** The archive that an option names, else the one of a run's configuration, else that of its data folder. */
export function archiveIn(
  dataDir: string,
  { archive }: Pick<RunFile, "archive">,
  named: string | undefined,
): FolderArchive {
  return new FolderArchive(resolve(named ?? archive?.folder ?? join(dataDir, "archive")));
}

/** Ends a command that needs a document whose bytes are nowhere. @throws CommandError, or `error` as it is */
export function withoutDocument(error: unknown): never {
  if (error instanceof PortDataError) throw new CommandError(ExitCode.unusable, error.message, { cause: error });
  throw error;
}

/** The same, to be written: the one in the data folder is made where it is not there yet, and no other. */
export function archiveToFill(
  dataDir: string,
  run: Pick<RunFile, "archive">,
  named: string | undefined,
): FolderArchive {
  const archive = archiveIn(dataDir, run, named);
  if (named === undefined && run.archive === undefined) mkdirSync(archive.dir, { recursive: true, mode: 0o700 });
  return archive;
}

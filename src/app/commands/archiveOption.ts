import { join, resolve } from "node:path";
import { FolderArchive } from "../../adapters/archive/folderArchive.ts";

/** Where documents lie that have left the database. */
export const ARCHIVE_OPTION = {
  flags: "--archive <dir>",
  what: "folder that ballast archive wrote; else archive in the data folder",
} as const;

/** The archive that an option names, or that of a run's data folder. */
export function archiveIn(dataDir: string, named: string | undefined): FolderArchive {
  return new FolderArchive(resolve(named ?? join(dataDir, "archive")));
}

import { statSync } from "node:fs";
import type { FolderArchive } from "../../adapters/archive/folderArchive.ts";
import { ADVISORY_LOCKS } from "../../adapters/postgres/advisoryLocks.ts";
import { lastArchived } from "../../adapters/postgres/archivedDocuments.ts";
import { recordArchiveRun } from "../../adapters/postgres/archiveRuns.ts";
import type { Pool, PoolClient } from "../../adapters/postgres/pool.ts";
import { whileAlone } from "../../adapters/postgres/whileAlone.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { noRoom } from "../noRoom.ts";
import { archiveDocuments, type ArchivedDocuments, type KeepDays } from "./retention.ts";

/** Which documents one turn takes, and when it is. */
export interface Turn {
  /** The Central day whose turn it is; none by hand. */
  readonly day?: OperatingDay;
  /** What had to leave by then goes. */
  readonly dueAt: Instant;
  readonly now: Instant;
}

const NAMED_MAX = 3;

/**
 * One turn of the archive, with nobody else at it, and kept in the database with what came of it; "busy" when somebody
 * is. Documents that are not what they were stay, and end it as a failure once all others have gone.
 * @throws CommandError when the folder is not there, is not the one that the last documents went to, or has no room;
 * PortUnavailableError when the database is away
 */
export async function archiveTurn(
  pool: Pool,
  archive: FolderArchive,
  keepDays: KeepDays,
  turn: Turn,
): Promise<ArchivedDocuments | "busy"> {
  return whileAlone(pool, ADVISORY_LOCKS.archive, async (client) => {
    const record = { day: turn.day, folder: archive.dir, at: turn.now };
    let done: ArchivedDocuments = { documents: 0, bytes: 0, damaged: [] };
    try {
      await checkFolder(client, archive);
      done = await archiveDocuments(client, archive, keepDays, turn);
      if (done.damaged.length > 0) throw damagedError(done);
    } catch (error) {
      const told = troubleOf(error, archive.dir);
      const problem = cleanText(thrownText(told), 1_000);
      // the database may be what failed: whoever asked hears of it all the same
      await recordArchiveRun(client, { ...record, ...done, problem }).catch(() => undefined);
      throw told;
    }
    await recordArchiveRun(client, { ...record, ...done });
    return done;
  });
}

/** A folder that does not hold what left last is another one, or a disk that is not mounted. */
async function checkFolder(client: PoolClient, archive: FolderArchive): Promise<void> {
  const { dir } = archive;
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError(
      ExitCode.unusable,
      `the archive ${dir} is not there: mount it, or make it (mkdir -p -m 700 ${dir})`,
    );
  const last = await lastArchived(client);
  const [found] = last.map((sha256) => archive.find(sha256));
  if (found === undefined || last.some((sha256) => "bytes" in archive.find(sha256))) return;
  throw new CommandError(
    ExitCode.unusable,
    `${dir} is not the archive to which documents have gone before: of the last ${last.length} it holds none ` +
      `(${"problem" in found ? found.problem : ""}); mount that archive, or copy its day folders there`,
  );
}

function damagedError({ documents, damaged }: ArchivedDocuments): CommandError {
  const named = damaged.slice(0, NAMED_MAX).map((one) => `${one.source} ${one.documentId}: ${one.problem}`);
  const more = damaged.length > NAMED_MAX ? `, and ${damaged.length - NAMED_MAX} more` : "";
  return new CommandError(
    ExitCode.unusable,
    `${documents} documents have gone, ${damaged.length} stay, for the database holds other bytes than it was given ` +
      `(${named.join("; ")}${more}); is its disk sound? Restore them from a backup`,
  );
}

function troubleOf(error: unknown, dir: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof CommandError || typeof code !== "string" || !("syscall" in (error as Error))) return error;
  const what = noRoom(error)
    ? `there is no room in the archive ${dir} (${code}): make some, or move the archive to a larger disk`
    : `the archive ${dir} cannot be written (${thrownText(error)})`;
  return new CommandError(ExitCode.unusable, `${what}; what has not gone stays in the database`, { cause: error });
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordedDocuments } from "../../adapters/postgres/recordedDocuments.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { dayEnd, dayStart } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { addSeconds } from "../../domain/units/instant.ts";
import type { DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { newFolder } from "../newFolder.ts";

/** What a replay of the day reads before it begins, and until its corrections are in. */
const BEFORE_SECONDS = 2 * 3_600;
const AFTER_SECONDS = 3_600;

/** What was recorded: documents, their sources, bytes. */
export interface RecordedDay {
  readonly documents: number;
  readonly sources: readonly string[];
  readonly bytes: number;
}

/**
 * Write the raw documents of an operating day, of every source, into a new folder. Taken from the two hours before the
 * day to the hour after it, and whatever earlier document has a value of the day.
 * @throws CommandError when the folder exists or nothing of the day is kept
 */
export async function recordDay(
  pool: Pool,
  operatingDay: OperatingDay,
  folder: string,
  archive?: DocumentArchive,
): Promise<RecordedDay> {
  const from = addSeconds(dayStart(operatingDay), -BEFORE_SECONDS);
  const to = addSeconds(dayEnd(operatingDay), AFTER_SECONDS);
  const found = await recordedDocuments(pool, { operatingDay, from, to }, archive);
  if (found.length === 0)
    throw new CommandError(ExitCode.unusable, `nothing is kept of ${operatingDay}: no document was fetched on it`);
  await writeRecording(folder, operatingDay, found);
  return {
    documents: found.length,
    sources: [...new Set(found.map(({ source }) => source))].toSorted(),
    bytes: found.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
  };
}

/**
 * The folder of a recording, all or nothing: `manifest.json` with source, id, times and SHA-256 of each document, and
 * the files as they came, named by that hash; on disk when it returns. What an interrupted one left is begun anew.
 * @throws CommandError when the folder exists, another process writes it, or there is no room
 */
export async function writeRecording(
  folder: string,
  operatingDay: OperatingDay,
  found: readonly KeptDocument[],
): Promise<void> {
  await newFolder(folder, "a recording", (draft) => {
    mkdirSync(join(draft, "documents"), { recursive: true, mode: 0o700 });
    const documents = found.map(({ bytes, sha256, ...document }) => {
      const file = `documents/${sha256}`;
      writeFileSync(join(draft, file), bytes, { mode: 0o600 });
      return { ...document, sha256, file };
    });
    const manifest = { schema: "ballast.recording/1", operatingDay, documents };
    writeFileSync(join(draft, "manifest.json"), `${JSON.stringify(manifest, undefined, 1)}\n`, { mode: 0o600 });
  });
}

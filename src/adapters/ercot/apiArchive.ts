import { foreignValueText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { instantsOfWall, centralWall } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { Report } from "../../ports/marketFeed.ts";
import { unzipEntries } from "./unzipCsv.ts";
import type { ApiSession, SessionOptions } from "./apiSession.ts";

const LISTED_MAX = 1_000;

/** A document of the archive. */
export interface ArchivedDocument {
  readonly docId: string;
  readonly friendlyName: string;
  /** When it was posted: not what it is about. */
  readonly postedAt: Instant;
}

/**
 * Documents of a product in the archive of ERCOT's Public API that were posted between two moments, oldest first, at
 * most 1,000. An entry that is odd is left out and told to `report`, and so is that there may be more.
 * @throws PortDataError for an answer that lists none, or odd ones alone; as `ApiSession.fetch`
 */
export async function archiveList(
  session: ApiSession,
  { emilId, from, until }: { emilId: string; from: Instant; until: Instant },
  options: SessionOptions,
  report?: Report,
): Promise<readonly ArchivedDocument[]> {
  const path = `/archive/${emilId}`;
  const query = { postDatetimeFrom: naive(from), postDatetimeTo: naive(until), page: 1, size: LISTED_MAX };
  const { bytes } = await session.fetch({ path, query }, options);
  const listed = membersOf(bytes, path)["archives"];
  if (listed === undefined || listed === null) return [];
  if (!Array.isArray(listed)) throw new PortDataError(`${path}: expected an array archives, found ${typeof listed}`);
  if (listed.length >= LISTED_MAX) report?.(`${path}: lists ${LISTED_MAX} documents, and may have more`);
  const odd: string[] = [];
  const documents = listed.flatMap((entry: unknown, index) => {
    const document = archivedOf(entry);
    if (document === undefined)
      odd.push(
        `${path}: archives[${index}]: expected docId, friendlyName and postDatetime such as 2026-01-02T04:27:02, ` +
          `found ${foreignValueText(entry)}`,
      );
    return document ?? [];
  });
  if (documents.length === 0 && odd.length > 0) throw new PortDataError(odd[0]);
  for (const one of odd) report?.(one);
  return documents.toSorted((a, b) => (a.postedAt < b.postedAt ? -1 : 1));
}

/**
 * Zips of those of some documents that the archive has, by id: the answer is a zip that holds each as `<docId>.zip`.
 * @throws PortDataError when it holds none of them, or is damaged; as `ApiSession.fetch`
 */
export async function archiveDownload(
  session: ApiSession,
  { emilId, docIds }: { emilId: string; docIds: readonly string[] },
  options: SessionOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const path = `/archive/${emilId}/download`;
  const { bytes } = await session.fetch({ path, json: { docIds: docIds.map(Number) } }, options);
  const found = new Map(
    unzipEntries(bytes, path).map(({ name, bytes: inner }) => [name.replace(/\.zip$/i, ""), inner]),
  );
  if (!docIds.some((docId) => found.has(docId)))
    throw new PortDataError(`${path}: expected a zip of ${docIds.join(", ")}, found none`);
  return found;
}

function archivedOf(entry: unknown): ArchivedDocument | undefined {
  const { docId, friendlyName, postDatetime } = (entry ?? {}) as Record<string, unknown>;
  const [day, time] = typeof postDatetime === "string" ? postDatetime.split("T") : [];
  const clock = /^\d\d:\d\d:\d\d/.exec(time ?? "")?.[0];
  const isId = (typeof docId === "number" && Number.isSafeInteger(docId)) || typeof docId === "string";
  const [postedAt] = day === undefined || clock === undefined || !isDay(day) ? [] : instantsOfWall(day, clock);
  if (!isId || typeof friendlyName !== "string" || postedAt === undefined) return undefined;
  return { docId: String(docId), friendlyName, postedAt };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function membersOf(bytes: Buffer, path: string): Record<string, unknown> {
  try {
    const parsed = parseForeignJson(bytes.toString("utf8"));
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch (error) {
    throw new PortDataError(`${path}: expected JSON that lists documents`, { cause: error });
  }
  throw new PortDataError(`${path}: expected JSON that lists documents`);
}

function naive(at: Instant): string {
  const { day, time } = centralWall(at);
  return `${day}T${time}`;
}

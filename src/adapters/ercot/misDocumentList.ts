import { wallToInstant } from "../../domain/market/calendar.ts";
import { cleanText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { UnitError } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";

/** One CSV document of a MIS report. */
export interface MisDocument {
  readonly docId: string;
  readonly friendlyName: string;
  readonly publishedAt: Instant;
  /**
   * What the document is about, read from its name: SCED run start or interval end; absent when the name has no stamp.
   */
  readonly aboutAt?: Instant;
}

/**
 * CSV documents of a MIS list (`IceDocListJsonWS`), oldest first. Every document is listed twice, as `_csv` and `_xml`;
 * a list of one comes as an object; an empty one as `[]`, "" or nothing. The offset of PublishDate is dropped, it can
 * be wrong in the repeated autumn hour: `xhr` in the name tells the second copy.
 * @throws PortDataError when the text is no such list, or an entry lacks DocID, FriendlyName or PublishDate.
 */
export function parseMisDocumentList(text: string, url: string): MisDocument[] {
  const documents: MisDocument[] = [];
  for (const [index, entry] of listEntries(text, url).entries()) {
    const fields = (entry as { Document?: Record<string, unknown> } | null)?.Document;
    const where = `${url}: DocumentList[${index}]`;
    const friendlyName = field(fields, "FriendlyName", where);
    if (!/_csv$/i.test(friendlyName)) continue;
    const repeatedHour = /xhr/i.test(friendlyName);
    const published = publishedAt(field(fields, "PublishDate", where), repeatedHour, where);
    const stamp = stampOfName(friendlyName, repeatedHour);
    // Nothing is published before it happened: a later stamp is a name misread around the clock change.
    const aboutAt = stamp !== undefined && stamp > published ? published : stamp;
    documents.push({ docId: field(fields, "DocID", where), friendlyName, publishedAt: published, aboutAt });
  }
  return documents.sort(
    (a, b) => compare(a.publishedAt, b.publishedAt) || a.docId.length - b.docId.length || compare(a.docId, b.docId),
  );
}

function listEntries(text: string, url: string): unknown[] {
  const parsed = json(text, url);
  const list = (parsed as { ListDocsByRptTypeRes?: { DocumentList?: unknown } } | null)?.ListDocsByRptTypeRes;
  if (typeof list !== "object" || list === null) {
    throw new PortDataError(`${url}: expected an object with ListDocsByRptTypeRes, found ${excerpt(text)}`);
  }
  const { DocumentList } = list;
  if (Array.isArray(DocumentList)) return DocumentList;
  if (DocumentList === undefined || DocumentList === null || DocumentList === "") return [];
  return [DocumentList];
}

function json(text: string, url: string): unknown {
  try {
    return parseForeignJson(text);
  } catch (error) {
    throw new PortDataError(`${url}: expected a JSON document list, found ${excerpt(text)}`, { cause: error });
  }
}

function field(fields: Record<string, unknown> | undefined, name: string, where: string): string {
  const value = fields?.[name];
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number") return String(value);
  throw new PortDataError(`${where}: expected Document.${name} as text, found ${JSON.stringify(value)}`);
}

function publishedAt(text: string, repeatedHour: boolean, where: string): Instant {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(text);
  const at = match === null ? undefined : instantOf(match[1] ?? "", match[2] ?? "", repeatedHour);
  if (at === undefined)
    throw new PortDataError(`${where}: expected PublishDate such as 2026-08-18T17:05:58-05:00, found "${text}"`);
  return at;
}

/** `…_20260818_170012_csv`, `…_20241103_0115xhr_csv`, `…_retry_20230608_1545_csv`. */
function stampOfName(name: string, repeatedHour: boolean): Instant | undefined {
  const match = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)?/.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = "00"] = match;
  return instantOf(`${year}-${month}-${day}`, `${hour}:${minute}:${second}`, repeatedHour);
}

/**
 * A flag on an hour that does not repeat is ignored: the name marks the interval, the stamp may already lie behind the
 * hour.
 */
function instantOf(day: string, time: string, repeatedHour: boolean): Instant | undefined {
  for (const flag of repeatedHour ? [true, false] : [false]) {
    try {
      return wallToInstant({ day, time, repeatedHour: flag });
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
    }
  }
  return undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function excerpt(text: string): string {
  return `"${cleanText(text, 60)}"`;
}

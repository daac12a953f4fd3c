import { instantsOfWall } from "../../domain/market/calendar.ts";
import { cleanText, foreignValueText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { UnitError, parseInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { outsideInstantProblem } from "../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../ports/errors.ts";

/** One CSV document of a MIS report. */
export interface MisDocument {
  readonly docId: string;
  readonly friendlyName: string;
  readonly publishedAt: Instant;
  /** The other reading of `publishedAt` in the repeated autumn hour, where name and offset leave both. */
  readonly publishedOrAt?: Instant;
  /**
   * What the document is about, read from its name: SCED run start or interval end; absent when the name has no stamp.
   */
  readonly aboutAt?: Instant;
}

/** What a list holds that can be used, and a sentence about each entry that is odd. */
export interface MisList {
  readonly documents: readonly MisDocument[];
  readonly problems: readonly string[];
}

/**
 * CSV documents of a MIS list (`IceDocListJsonWS`) read at market time `readAt`, oldest first. Every document is listed
 * twice, as `_csv` and `_xml`; a list of one comes as an object; an empty one as `[]`, "" or nothing.
 *
 * The offset of PublishDate is no proof in the repeated autumn hour: `xhr` in the name tells the second copy. Without
 * it the offset names the likelier copy, and the other stays possible where it does not lie ahead of the reading. A
 * wall time that the clocks skip is read with its offset. A PublishDate that cannot be read, or that lies ahead
 * of `readAt`, is reported, and the document is dated by the stamp of its name; without one, and without DocID or
 * FriendlyName, the entry is left out and reported.
 * @throws PortDataError when the text is no such list, or none of its entries can be used.
 */
export function parseMisDocumentList(text: string, url: string, readAt: Instant): MisList {
  const documents: MisDocument[] = [];
  const problems: string[] = [];
  const entries = listEntries(text, url);
  let odd = 0;
  for (const [index, entry] of entries.entries()) {
    const where = `${url}: DocumentList[${index}]`;
    try {
      const read = documentOf(entry, where, readAt);
      if (read === undefined) continue;
      documents.push(read.document);
      if (read.problem !== undefined) problems.push(read.problem);
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      odd += 1;
      problems.push(error.message);
    }
  }
  if (odd > 0 && documents.length === 0) throw new PortDataError(problems[0]);
  documents.sort(
    (a, b) => compare(a.publishedAt, b.publishedAt) || a.docId.length - b.docId.length || compare(a.docId, b.docId),
  );
  return { documents, problems };
}

function documentOf(
  entry: unknown,
  where: string,
  readAt: Instant,
): { readonly document: MisDocument; readonly problem?: string } | undefined {
  const fields = (entry as { Document?: Record<string, unknown> } | null)?.Document;
  const friendlyName = field(fields, "FriendlyName", where);
  if (!/_csv$/i.test(friendlyName)) return undefined;
  const docId = field(fields, "DocID", where);
  const isSecondCopy = /xhr/i.test(friendlyName);
  const [stamp, stampOrAt] = stampOfName(friendlyName, isSecondCopy);
  const dated = published(field(fields, "PublishDate", where), isSecondCopy, readAt);
  if (dated.at !== undefined) {
    // Nothing is published before it happened: a later stamp is a name misread around the clock change.
    const aboutAt = stamp !== undefined && stamp > dated.at ? dated.at : stamp;
    return { document: { docId, friendlyName, publishedAt: dated.at, ...orAt(dated.orAt), aboutAt } };
  }
  const problem = `${where}: ${dated.problem}`;
  if (stamp === undefined || isAhead(stamp, readAt))
    throw new PortDataError(`${problem}; the entry ${friendlyName} is left out`);
  return {
    document: { docId, friendlyName, publishedAt: stamp, ...orAt(stampOrAt), aboutAt: stamp },
    problem: `${problem}; ${friendlyName} is dated by its name`,
  };
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
  throw new PortDataError(`${where}: expected Document.${name} as text, found ${foreignValueText(value)}`);
}

interface Published {
  readonly at: Instant;
  readonly orAt?: Instant;
  readonly problem?: undefined;
}

function published(
  text: string,
  isSecondCopy: boolean,
  readAt: Instant,
): Published | { readonly at?: undefined; readonly problem: string } {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(text);
  const [day = "", time = ""] = match === null ? [] : match.slice(1);
  const copies = readings(day, time, isSecondCopy || STANDARD_OFFSET.test(text));
  const possible = copies.filter((at) => !isAhead(at, readAt));
  if (possible[0] !== undefined) return { at: possible[0], orAt: isSecondCopy ? undefined : possible[1] };
  const withOffset = withItsOffset(text);
  if (withOffset !== undefined && !isAhead(withOffset, readAt)) return { at: withOffset };
  const first = copies[0] ?? withOffset;
  if (first === undefined)
    return { problem: `expected PublishDate such as 2026-08-18T17:05:58-05:00, found "${text}"` };
  return { problem: `PublishDate ${outsideInstantProblem(first, readAt, Number.POSITIVE_INFINITY)}` };
}

const STANDARD_OFFSET = /-06:?00$/;

function orAt(publishedOrAt: Instant | undefined): { readonly publishedOrAt?: Instant } {
  return publishedOrAt === undefined ? {} : { publishedOrAt };
}

/** A wall time that the clocks skip is an instant all the same when it brings its offset. */
function withItsOffset(text: string): Instant | undefined {
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

function isAhead(at: Instant, readAt: Instant): boolean {
  return outsideInstantProblem(at, readAt, Number.POSITIVE_INFINITY) !== undefined;
}

/** `…_20260818_170012_csv`, `…_20241103_0115xhr_csv`, `…_retry_20230608_1545_csv`. */
function stampOfName(name: string, isSecondCopy: boolean): [at?: Instant, orAt?: Instant] {
  const match = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)?/.exec(name);
  if (match === null) return [];
  const [, year, month, day, hour, minute, second = "00"] = match;
  const [at, orAt] = readings(`${year}-${month}-${day}`, `${hour}:${minute}:${second}`, isSecondCopy);
  return [at, isSecondCopy ? undefined : orAt];
}

/**
 * The instants of a Central wall time: two in the repeated hour, the likelier first, none where the clocks skip it. A
 * mark of the second copy on an hour that does not repeat is ignored: the name marks the interval, the moment may
 * already lie behind the hour.
 */
function readings(day: string, time: string, isSecondLikelier: boolean): Instant[] {
  const instants = instantsOfWall(day, time);
  return isSecondLikelier ? instants.toReversed() : instants;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function excerpt(text: string): string {
  return `"${cleanText(text, 60)}"`;
}

import { centralWall, operatingDayOf } from "../../domain/market/calendar.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { RawDocument, Report } from "../../ports/marketFeed.ts";
import type { PublicApiAccess } from "./apiAccess.ts";
import { archiveDownload, archiveList } from "./apiArchive.ts";
import { apiPages } from "./apiPages.ts";
import { type SessionOptions, sharedSession } from "./apiSession.ts";

/** Rows of a report in the Public API. */
export interface ApiEndpoint {
  /** Last part of its path: `lmp_node_zone_hub`. */
  readonly name: string;
  /** Which rows are asked for: of a point, about a span of market time. */
  readonly query: (point: SettlementPoint, from: Instant, until: Instant) => Readonly<Record<string, string>>;
}

/** How a report of ERCOT's stands in the Public API. */
export interface ApiReport {
  /** Its product, as a path has it: `np6-788-cd`. */
  readonly emilId: string;
  /** Where its rows are: one endpoint, or one for each kind of row. */
  readonly endpoints: readonly ApiEndpoint[];
  /** Seconds after what it is about by which a document is posted: an archive is listed by its posting. */
  readonly postedWithinSeconds: number;
}

/** Sources of what the Public API gives of a report: rows that are asked for, and old documents as MIS had them. */
export function apiSources({ emilId, endpoints }: ApiReport): readonly string[] {
  return [...endpoints.map(({ name }) => rowsSource(emilId, name)), archiveSource(emilId)];
}

function rowsSource(emilId: string, endpoint: string): string {
  return `api/${emilId}/${endpoint}`;
}

function archiveSource(emilId: string): string {
  return `api/${emilId}/archive`;
}

/** The second route of a report. */
export interface ApiRoute {
  /**
   * Documents about a span of market time, oldest first; none where the report says nothing of it. `report` hears of
   * each that is listed and cannot be had.
   * @throws PortUnavailableError, PortDataError
   */
  between(from: Instant, until: Instant, at: Instant, report?: Report): Promise<readonly RawDocument[]>;
}

/** What is older is asked of the archive: rows of long ago are slow to come, or are not there. */
const ARCHIVE_AFTER_SECONDS = 90 * 86_400;
/** Documents of one download; the archive takes 1,000. */
const DOWNLOADED_MAX = 300;

/** A report by ERCOT's Public API, for one settlement point. */
export function apiRoute(
  access: PublicApiAccess,
  report: ApiReport,
  point: SettlementPoint,
  accepts: (friendlyName: string) => boolean,
  options: SessionOptions,
): ApiRoute {
  const session = sharedSession(access);
  const { emilId, endpoints } = report;

  async function rows(from: Instant, until: Instant, at: Instant): Promise<RawDocument[]> {
    const documents: RawDocument[] = [];
    for (const endpoint of endpoints) documents.push(...(await rowsOf(endpoint, from, until, at)));
    return documents;
  }

  async function rowsOf(endpoint: ApiEndpoint, from: Instant, until: Instant, at: Instant): Promise<RawDocument[]> {
    const query = endpoint.query(point, from, until);
    const pages = await apiPages(session, `/${emilId}/${endpoint.name}`, query, options);
    const asked = new URLSearchParams(query).toString();
    return pages.map(({ bytes, contentType, page }) => ({
      source: rowsSource(emilId, endpoint.name),
      // the answer to one question changes: its moment is a part of its name
      documentId: `${at} ${asked} page ${page}`,
      fetchedAt: at,
      contentType,
      bytes,
    }));
  }

  async function archived(from: Instant, until: Instant, at: Instant, told?: Report): Promise<RawDocument[]> {
    const posted = { from, until: addSeconds(until, report.postedWithinSeconds) };
    const listed = await archiveList(session, { emilId, ...posted }, options, told);
    const wanted = listed.filter(({ friendlyName }) => accepts(friendlyName) && !/_xml$/i.test(friendlyName));
    const documents: RawDocument[] = [];
    for (let first = 0; first < wanted.length; first += DOWNLOADED_MAX) {
      const some = wanted.slice(first, first + DOWNLOADED_MAX);
      const docIds = some.map(({ docId }) => docId);
      const zips = await archiveDownload(session, { emilId, docIds }, options);
      for (const { docId, friendlyName, postedAt } of some) {
        const bytes = zips.get(docId);
        if (bytes === undefined)
          told?.(`${archiveSource(emilId)}: lists ${friendlyName} (${docId}), and does not give it`);
        else
          documents.push({
            source: archiveSource(emilId),
            documentId: docId,
            fetchedAt: at,
            publishedAt: postedAt,
            contentType: "application/zip",
            bytes,
          });
      }
    }
    return documents;
  }

  return {
    between: (from, until, at, told) =>
      secondsBetween(from, at) > ARCHIVE_AFTER_SECONDS ? archived(from, until, at, told) : rows(from, until, at),
  };
}

/** A span by a field of moments, Central wall time without an offset, such as `SCEDTimestamp`. */
export function spanOfMoments(field: string, from: Instant, until: Instant): Record<string, string> {
  const first = centralWall(from);
  const last = centralWall(until);
  const isTurnedBack = `${last.day}T${last.time}` < `${first.day}T${first.time}`;
  return isTurnedBack
    ? { [`${field}From`]: `${first.day}T01:00:00`, [`${field}To`]: `${first.day}T01:59:59` }
    : { [`${field}From`]: `${first.day}T${first.time}`, [`${field}To`]: `${last.day}T${last.time}` };
}

/** A span by a field of operating days, such as `deliveryDate`: every day that it touches. */
export function spanOfDays(field: string, from: Instant, until: Instant): Record<string, string> {
  return { [`${field}From`]: operatingDayOf(from), [`${field}To`]: operatingDayOf(until) };
}

import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import type { DocumentColumns, FeedPoll, MarketFeed, RawDocument, Report } from "../../ports/marketFeed.ts";
import type { RequestBudget, Urgency } from "../../ports/requestBudget.ts";
import type { PublicationDelays } from "./publicationDelays.ts";
import type { ErcotAccess } from "./access.ts";
import { FeedTurns } from "./feedTurns.ts";
import { type FetchedAt, getTogether } from "./getTogether.ts";
import { advance, firstMisCursor, readMisCursor, unseen } from "./misCursor.ts";
import { parseMisDocumentList } from "./misDocumentList.ts";
import type { MisDocument, MisList } from "./misDocumentList.ts";
import type { PollTimes } from "./reports/polls.ts";
import { unzipCsv } from "./unzipCsv.ts";

/** Limits of the MIS feeds; every one has a default. */
export interface MisFeedLimits {
  /** Whole request, real milliseconds; 10,000. */
  readonly timeoutMs?: number;
  /** Documents this old count as new at the first poll, without a cursor; 60. */
  readonly backfillMinutes?: number;
  /** Most documents of one poll; the rest comes with the next one. 100. */
  readonly documentsPerPollMax?: number;
}

interface MisFeedOptions extends MisFeedLimits, ErcotAccess {
  readonly feedId: string;
  readonly reportType: string;
  /** Which documents of the report are read, by their FriendlyName; all unless given. */
  readonly accepts?: (friendlyName: string) => boolean;
  readonly polls: PollTimes;
  readonly budget?: RequestBudget;
  readonly urgency: Urgency;
  readonly parse: (document: RawDocument, contentHash: string, report?: Report) => readonly MarketObservation[];
  readonly columns: (document: RawDocument) => DocumentColumns;
}

const FAILURES_MAX = 3;
// What has come is handed on after so many time-outs or bytes: a slow source does not keep its news back.
const POLL_TIMEOUTS = 2;
const POLL_BYTES_MAX = 64 * 1024 * 1024;

/** Lists that were read already: feeds that share an answer read it once. */
const readLists = new WeakMap<FetchedAt, MisList>();

/**
 * Feed of one MIS report: list, then download what is new, the newest first: after hours away a site decides by the
 * price of now, and the backlog follows. What a poll brings is handed on oldest first. A document that is damaged or
 * does not come is asked for again soon after, or once a poll finds nothing that was not tried yet, and is an error
 * only then: any number of them cannot hold up the others. A poll stops after three such documents, and with what it
 * has after two time-outs. A poll throws what its port promises: PortUnavailableError when the list or everything that
 * was tried did not come, PortDataError when it cannot be read.
 */
export function misFeed(options: MisFeedOptions): MarketFeed {
  const {
    feedId,
    baseUrl,
    reportType,
    accepts = () => true,
    polls,
    parse,
    columns,
    budget,
    urgency,
    timeoutMs = 10_000,
    backfillMinutes = 60,
    documentsPerPollMax = 100,
    contact,
  } = options;
  const source = `mis/${reportType}`;
  const root = baseUrl.replace(/\/+$/, "");
  const taker = {};
  const turns = new FeedTurns(budget, urgency);
  let newestAboutAt: Instant | undefined;
  let delays: PublicationDelays | undefined;
  let owes = false;
  let failedBefore: ReadonlySet<string> = new Set();
  /** The list of the last poll where that left nothing to do: the same bytes again say nothing new. */
  let doneWith: { readonly bytes: Buffer; readonly cursor: string; readonly listedFrom?: Instant } | undefined;

  async function download(document: MisDocument, at: Instant): Promise<RawDocument> {
    const { docId, publishedAt, publishedOrAt } = document;
    const url = `${root}/misdownload/servlets/mirDownload?doclookupId=${encodeURIComponent(docId)}`;
    const { at: fetchedAt, bytes, contentType } = await getTogether(url, at, taker, { timeoutMs, contact, budget });
    unzipCsv(bytes, url);
    return { source, documentId: docId, fetchedAt, publishedAt, publishedOrAt, contentType, bytes };
  }

  return {
    feedId,
    parse,
    columns,
    nextPollAt: (at, found) => polls.nextAt(at, { newestAboutAt, found, owes, delays }),
    turnAt: (at) => turns.turnAt(at, owes && failedBefore.size === 0),
    async poll(cursorText, fetchedAt): Promise<FeedPoll> {
      const room = turns.begin(fetchedAt);
      const cursor =
        cursorText === undefined ? firstMisCursor(fetchedAt, backfillMinutes) : readMisCursor(cursorText, fetchedAt);
      newestAboutAt = cursor.newestAboutAt;
      delays = cursor.delays;
      const url = `${root}/misapp/servlets/IceDocListJsonWS?reportTypeId=${reportType}`;
      const list = await getTogether(url, fetchedAt, taker, { timeoutMs, contact, budget });
      if (doneWith !== undefined && doneWith.cursor === cursorText && doneWith.bytes.equals(list.bytes))
        return { documents: [], cursor: cursorText, listedFrom: doneWith.listedFrom, problems: [] };
      const listed = listOf(list, url);
      const fresh = unseen(
        cursor,
        listed.documents.filter(({ friendlyName }) => accepts(friendlyName)),
      );

      const untried = fresh.filter(({ docId }) => !failedBefore.has(docId));
      const documents: RawDocument[] = [];
      const delivered: MisDocument[] = [];
      const failed = new Map<string, unknown>();
      const endsAtMs = performance.now() + POLL_TIMEOUTS * timeoutMs;
      let bytes = 0;
      const tried = (untried.length > 0 ? untried : fresh).slice(
        -Math.min(documentsPerPollMax, room ?? documentsPerPollMax),
      );
      for (const document of tried.toReversed()) {
        if (failed.size === FAILURES_MAX || bytes > POLL_BYTES_MAX || performance.now() > endsAtMs) break;
        try {
          const raw = await download(document, fetchedAt);
          bytes += raw.bytes.byteLength;
          documents.unshift(raw);
          delivered.unshift(document);
        } catch (error) {
          if (!(error instanceof PortDataError) && !(error instanceof PortUnavailableError)) throw error;
          failed.set(document.docId, error);
        }
      }
      failedBefore = new Set(
        fresh.map(({ docId }) => docId).filter((docId) => failed.has(docId) || failedBefore.has(docId)),
      );
      owes = false;
      if (documents.length === 0 && failed.size > 0) throw failed.values().next().value;
      delays = delivered.reduce((known, document) => polls.learn(known, document, fetchedAt), delays);
      const undelivered = fresh.filter((document) => !delivered.includes(document));
      const next = { ...advance(cursor, delivered, undelivered, fetchedAt), delays };
      newestAboutAt = next.newestAboutAt;
      // One that did not come is asked for again soon, once: where every poll brings news it would wait for ever.
      owes = untried.length > delivered.length + failed.size || (delivered.length > 0 && failedBefore.size > 0);
      const { problems } = listed;
      const nextText = JSON.stringify(next);
      const isDone = fresh.length === 0 && problems.length === 0;
      const listedFrom = oldestAbout(listed.documents);
      doneWith = isDone ? { bytes: list.bytes, cursor: nextText, listedFrom } : undefined;
      return { documents, cursor: nextText, listedFrom, problems };
    },
  };
}

/** @throws PortDataError as `parseMisDocumentList` does */
function listOf(fetched: FetchedAt, url: string): MisList {
  const known = readLists.get(fetched);
  if (known !== undefined) return known;
  const list = parseMisDocumentList(fetched.bytes.toString("utf8"), url, fetched.at);
  readLists.set(fetched, list);
  return list;
}

function oldestAbout(documents: readonly MisDocument[]): Instant | undefined {
  return documents.flatMap(({ aboutAt }) => aboutAt ?? []).toSorted()[0];
}

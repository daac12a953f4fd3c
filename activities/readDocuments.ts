import type { DocumentMark } from "../src/domain/inputs/feedState.ts";
import type { MarketObservation } from "../src/domain/inputs/marketFacts.ts";
import type { PollResult } from "../src/domain/inputs/pollModel.ts";
import { columnDriftText } from "../src/domain/market/columnDrift.ts";
import { thrownText } from "../src/domain/units/foreignText.ts";
import { PortDataError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";
import type { DocumentColumns, MarketFeed, RawDocument, Report } from "../src/ports/marketFeed.ts";
import type { MarketStore } from "../src/ports/marketStore.ts";

interface ReadingDeps {
  readonly market: MarketStore;
  readonly log: Log;
}

/**
 * Every readable document of a poll: kept, its columns noted, read, and its values stored, oldest first. One that
 * cannot be read is kept for a person, and holds up none. Rejects with PortUnavailableError when the database is away.
 */
export async function readDocuments(
  deps: ReadingDeps,
  feed: MarketFeed,
  documents: readonly RawDocument[],
  report: Report,
): Promise<Pick<PollResult, "read" | "lastDocument">> {
  const read: PollResult["read"][number][] = [];
  let lastDocument: DocumentMark | undefined;
  for (const document of documents) {
    const observations = await readOne(deps, feed, document, report);
    if (observations === undefined) continue;
    read.push({ observations, stored: await deps.market.storeObservations(observations, report) });
    const { source, documentId, publishedAt, fetchedAt } = document;
    lastDocument = { source, documentId, publishedAt, fetchedAt };
  }
  return { read, lastDocument };
}

/** Undefined when the document cannot be read: whatever is wrong with it, its successors are not held up. */
async function readOne(
  { market, log }: ReadingDeps,
  feed: MarketFeed,
  document: RawDocument,
  report: Report,
): Promise<readonly MarketObservation[] | undefined> {
  const contentHash = await market.storeDocument(document);
  await noteColumns({ market, log }, feed, document, contentHash);
  try {
    return feed.parse(document, contentHash, report);
  } catch (error) {
    const problem = thrownText(error);
    const { documentId } = document;
    log.error({ feedId: feed.feedId, documentId, problem }, "document cannot be read; kept for a person");
    await market.quarantine(document, contentHash, problem);
    return undefined;
  }
}

/** Columns that a source's documents never had before are told once, whether they can be read or not. */
async function noteColumns(
  { market, log }: ReadingDeps,
  feed: MarketFeed,
  document: RawDocument,
  contentHash: string,
): Promise<void> {
  const columns = columnsOf(feed, document);
  if (columns === undefined) return;
  const drift = await market.noteColumns(document, contentHash, columns);
  if (drift === undefined) return;
  const { source, documentId } = document;
  log.error({ feedId: feed.feedId, source, documentId, ...drift }, `SCHEMA_CHANGED: ${columnDriftText(drift)}`);
}

/** Of a document that is damaged its reading says so. */
function columnsOf(feed: MarketFeed, document: RawDocument): DocumentColumns | undefined {
  try {
    return feed.columns?.(document);
  } catch (error) {
    if (error instanceof PortDataError) return undefined;
    throw error;
  }
}

import type { Instant } from "../domain/units/instant.ts";
import type { MarketObservation } from "../domain/inputs/marketFacts.ts";
import type { RouteAnswer } from "../domain/inputs/pollModel.ts";
import type { DocumentTimes } from "../domain/market/model.ts";

/** A document as it came over the wire, before anything was read out of it. */
export interface RawDocument extends DocumentTimes {
  readonly source: string;
  readonly documentId: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What one poll found. `documents` are new since the cursor, oldest first; empty means nothing new. */
export interface FeedPoll {
  readonly documents: readonly RawDocument[];
  /** Opaque text to hand to the next poll. */
  readonly cursor: string;
  /** Where a source lists what it has: the oldest moment that a listed document is about. */
  readonly listedFrom?: Instant;
  /** Of a source with several routes: which were asked, and with which success. */
  readonly routes?: readonly RouteAnswer[];
  /** A sentence about each entry of the source that was left out or misdated, for an operator. */
  readonly problems?: readonly string[];
  /** Moment that an answer without a new document speaks of, where the source says at each reading what stands. */
  readonly saidAt?: Instant;
}

/** Takes a sentence about something odd that was left out while the rest was read. */
export type Report = (problem: string) => void;

/** What the columns of a document are called. */
export interface DocumentColumns {
  /** Which of the kinds of document that its source has, empty where it has one: a kind has columns of its own. */
  readonly kind: string;
  readonly names: readonly string[];
}

/**
 * One outside source of market data (a MIS report, a dashboard, a file).
 * `poll` throws PortUnavailableError (unreachable, 429, 5xx) or PortDataError (HTML, truncated zip, unreadable list);
 * `parse` throws PortDataError naming document, row, column and what was expected.
 */
export interface MarketFeed {
  readonly feedId: string;
  poll(cursor: string | undefined, fetchedAt: Instant): Promise<FeedPoll>;
  /**
   * Pure: rows of a stored document, also used by the audit. `contentHash` is the SHA-256 of its bytes; `report` hears
   * a sentence about each row that is left out.
   */
  parse(document: RawDocument, contentHash: string, report?: Report): readonly MarketObservation[];
  /** Pure: names of a stored document's columns or members. Absent for a source without. @throws PortDataError */
  columns?(document: RawDocument): DocumentColumns;
  /** Market time of the next sensible poll after one at `at` (found something or not). */
  nextPollAt(at: Instant, foundSomething: boolean): Instant;
  /** When a poll that is due at `at` may be made by the manners of its source: at once where absent. */
  turnAt?(at: Instant): Instant;
}

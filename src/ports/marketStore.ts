import type { MarketObservation, StoredObservation } from "../domain/inputs/marketFacts.ts";
import type { ColumnDrift } from "../domain/market/columnDrift.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { DocumentColumns, RawDocument, Report } from "./marketFeed.ts";
import type { SettlementPoint } from "../domain/market/settlementPoint.ts";

/** A settlement price version of one interval. */
export interface PriceVersion {
  readonly priceUsdPerMwh: string;
  readonly version: number;
  readonly contentHash: string;
  readonly fetchedAt: Instant;
}

/** Opaque cursor of a feed, its folded state, when it was polled and when a document was seen last. */
export interface FeedStanding {
  readonly cursor?: string;
  readonly state: unknown;
  readonly polledAt?: Instant;
  readonly lastSeenAt?: Instant;
}

/**
 * Raw market documents and every version of every value read out of them. Methods throw PortUnavailableError when the
 * database is away.
 */
export interface MarketStore {
  /**
   * Keep the bytes before anything is read out of them. Returns their SHA-256 (hex). Same bytes again change nothing.
   */
  storeDocument(document: RawDocument): Promise<string>;
  /** Note that a stored document could not be read: it stays for a person to look at. */
  quarantine(document: RawDocument, contentHash: string, problem: string): Promise<void>;
  /**
   * Note the columns that a document has. Returns how they differ from those that its kind had before, at the first
   * document of a source and kind that has them, and never again for these columns.
   */
  noteColumns(document: RawDocument, contentHash: string, columns: DocumentColumns): Promise<ColumnDrift | undefined>;
  /**
   * Store observations; returns those that are new or changed, with their version. A value that the database refuses
   * costs the others nothing and is told to `report`. @throws the database's error for one where there is no `report`.
   */
  storeObservations(observations: readonly MarketObservation[], report?: Report): Promise<readonly StoredObservation[]>;
  /**
   * Newest version per interval key of a point's settlement prices between two instants of interval start. Corrected
   * beats preliminary.
   */
  settlementPrices(point: SettlementPoint, intervalKeys: readonly string[]): Promise<ReadonlyMap<string, PriceVersion>>;
  /** Where a feed's reading stands. */
  cursor(feedId: string): Promise<FeedStanding>;
  /**
   * Where it stands after a poll that began from `before`; `seenAt` is when a document came, undefined where none did.
   * @throws PortConflictError when somebody else has polled the feed since: nothing is changed.
   */
  moveCursor(
    feedId: string,
    before: FeedStanding,
    after: {
      readonly cursor: string | undefined;
      readonly state: unknown;
      readonly polledAt: Instant;
      readonly seenAt: Instant | undefined;
    },
  ): Promise<FeedStanding>;
}

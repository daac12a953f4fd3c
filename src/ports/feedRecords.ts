import type { DocumentMark, FailingPolls, RouteState } from "../domain/inputs/feedState.ts";
import type { ColumnDrift } from "../domain/market/columnDrift.ts";
import type { Instant } from "../domain/units/instant.ts";

/** Where the reading of a feed stands. What has not happened yet is absent. */
export interface FeedRow {
  readonly feedId: string;
  readonly polledAt: Instant;
  /** Last poll that was answered, with news or without. */
  readonly answeredAt?: Instant;
  /** Newest moment that the source has spoken of. */
  readonly saidAt?: Instant;
  /** First poll of all. */
  readonly watchedSince?: Instant;
  readonly nextPollAt?: Instant;
  /** The polls since the last that was answered, where they failed. */
  readonly failing?: FailingPolls;
  readonly lastDocument?: DocumentMark;
  /** Of a source with several routes: how each stands. */
  readonly routes?: Readonly<Record<string, RouteState>>;
}

/** A change of the columns of a source's documents: at which document, and how. */
export interface SchemaChange extends ColumnDrift {
  readonly source: string;
  readonly documentId: string;
  readonly fetchedAt: Instant;
}

/**
 * How the reading of feeds stands, for whoever looks at it; changes nothing. Throws PortUnavailableError when the
 * database is away.
 */
export interface FeedRecords {
  /** Feeds that were polled, of those named. */
  feeds(feedIds: readonly string[]): Promise<readonly FeedRow[]>;
  /** Changes of columns, oldest first. */
  schemaChanges(sources: readonly string[]): Promise<readonly SchemaChange[]>;
}

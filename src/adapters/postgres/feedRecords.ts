import type { FeedState } from "../../domain/inputs/feedState.ts";
import type { FeedRecords } from "../../ports/feedRecords.ts";
import { instantOf, type Pool, query } from "./pool.ts";

/** How the reading of feeds stands in PostgreSQL. The pool is the caller's to end. */
export function postgresFeedRecords(pool: Pool): FeedRecords {
  return {
    async feeds(feedIds) {
      const rows = await query<{ feed_id: string; polled_at: Date; state: FeedState }>(
        pool,
        `SELECT feed_id, polled_at, state FROM feed_cursor WHERE feed_id = ANY($1) ORDER BY feed_id`,
        [feedIds],
      );
      return rows.map(({ feed_id: feedId, polled_at, state }) => {
        const { answeredAt, saidAt, watchedSince, nextPollAt, failing, lastDocument, routes } = state;
        const polledAt = instantOf(polled_at);
        return { feedId, polledAt, answeredAt, saidAt, watchedSince, nextPollAt, failing, lastDocument, routes };
      });
    },

    async schemaChanges(sources) {
      const rows = await query<{
        source: string;
        document_id: string;
        fetched_at: Date;
        added: string[];
        removed: string[];
        moved: string[];
      }>(
        pool,
        `SELECT source, document_id, fetched_at, added, removed, moved FROM report_columns
          WHERE source = ANY($1) AND added IS NOT NULL ORDER BY fetched_at, source, columns_hash`,
        [sources],
      );
      return rows.map(({ document_id: documentId, fetched_at, ...change }) => ({
        ...change,
        documentId,
        fetchedAt: instantOf(fetched_at),
      }));
    },
  };
}

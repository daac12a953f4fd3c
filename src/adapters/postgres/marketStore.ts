import { createHash } from "node:crypto";
import { type Columns } from "../../domain/inputs/marketFact.ts";
import { observedFact, type MarketObservation, type StoredObservation } from "../../domain/inputs/marketFacts.ts";
import { seriesOf } from "../../domain/market/valueSeries.ts";
import { settlementPrice } from "../../domain/inputs/settlementPrice.ts";
import { PortConflictError } from "../../ports/errors.ts";
import type { RawDocument, Report } from "../../ports/marketFeed.ts";
import type { FeedStanding, MarketStore, PriceVersion } from "../../ports/marketStore.ts";
import { packed } from "./packedBytes.ts";
import { instantOf, type Pool, plannedQuery, query } from "./pool.ts";
import { publishedOf, storePublished } from "./publishedPrices.ts";
import { columnNotes } from "./reportColumns.ts";
import { refusedText } from "./rowByRow.ts";

/**
 * Market documents, observations and feed cursors in PostgreSQL. @throws PortConflictError where two poll one feed, as
 * its port says
 */
export function postgresMarketStore(pool: Pool): MarketStore {
  return {
    async storeDocument(document) {
      const contentHash = createHash("sha256").update(document.bytes).digest("hex");
      await keepDocument(pool, document, document.source, contentHash);
      return contentHash;
    },

    async quarantine(document, contentHash, problem) {
      await keepDocument(pool, document, `${document.source}#unreadable`, contentHash, problem);
    },

    noteColumns: columnNotes(pool),

    async storeObservations(observations, report) {
      try {
        return await storeTogether(pool, observations);
      } catch (error) {
        refusedText(error);
      }
      // What was stored before the refusal is told again.
      const stored: StoredObservation[] = [];
      for (const observation of observations) stored.push(...(await storeUnlessRefused(pool, observation, report)));
      return stored;
    },

    async settlementPrices({ settlementPoint, settlementPointType }, intervalKeys) {
      const rows = await query<{
        value_key: string;
        value: string;
        version: number;
        content_hash: string;
        fetched_at: Date;
      }>(
        pool,
        `SELECT DISTINCT ON (value_key) value_key, value, version, content_hash, fetched_at FROM market_observation
          WHERE kind = $4 AND settlement_point = $1 AND point_type = $2 AND value_key = ANY($3) AND
            series = 'mis'
          ORDER BY value_key, version DESC`,
        [settlementPoint, settlementPointType, intervalKeys, settlementPrice.kind],
      );
      return new Map<string, PriceVersion>(
        rows.map((row) => [
          row.value_key,
          {
            priceUsdPerMwh: row.value,
            version: row.version,
            contentHash: row.content_hash,
            fetchedAt: instantOf(row.fetched_at),
          },
        ]),
      );
    },

    async cursor(feedId) {
      const [row] = await query<StandingRow>(
        pool,
        `SELECT cursor, state, polled_at, last_seen_at FROM feed_cursor WHERE feed_id = $1`,
        [feedId],
      );
      return row === undefined ? { state: {} } : standingOf(row);
    },

    async moveCursor(feedId, before, { cursor, state, polledAt, seenAt }) {
      const stateText = JSON.stringify(state);
      const [row] = await plannedQuery<Pick<StandingRow, "last_seen_at">>(
        pool,
        "move-cursor",
        `INSERT INTO feed_cursor (feed_id, cursor, state, polled_at, last_seen_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (feed_id) DO UPDATE SET cursor = excluded.cursor, state = excluded.state, polled_at =
           excluded.polled_at,
           last_seen_at = coalesce(excluded.last_seen_at, feed_cursor.last_seen_at)
          WHERE feed_cursor.polled_at = $6
         RETURNING last_seen_at`,
        [feedId, cursor ?? "", stateText, polledAt, seenAt ?? null, before.polledAt ?? null],
      );
      if (row === undefined)
        throw new PortConflictError(
          `Feed ${feedId} was polled by somebody else since ${before.polledAt ?? "this poll began"}: what it found ` +
            `stands, the poll of ${polledAt} is repeated from there`,
        );
      // A cursor of kilobytes does not come back just as it went.
      return { cursor: cursor || undefined, state: JSON.parse(stateText), polledAt, ...lastSeen(row) };
    },
  };
}

interface StandingRow {
  cursor: string;
  state: unknown;
  polled_at: Date;
  last_seen_at: Date | null;
}

function standingOf(row: StandingRow): FeedStanding {
  return {
    cursor: row.cursor === "" ? undefined : row.cursor,
    state: row.state,
    polledAt: instantOf(row.polled_at),
    ...lastSeen(row),
  };
}

function lastSeen({ last_seen_at }: Pick<StandingRow, "last_seen_at">): Pick<FeedStanding, "lastSeenAt"> {
  return { lastSeenAt: last_seen_at === null ? undefined : instantOf(last_seen_at) };
}

async function keepDocument(
  pool: Pool,
  document: RawDocument,
  source: string,
  contentHash: string,
  problem?: string,
): Promise<void> {
  const { documentId, contentType, fetchedAt, publishedAt, publishedOrAt, bytes } = document;
  const kept = await packed(bytes);
  await plannedQuery(
    pool,
    "keep-document",
    `INSERT INTO raw_document (source, document_id, content_hash, content_type, fetched_at, published_at, ` +
      `published_or_at, bytes, encoding, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ` +
      `ON CONFLICT DO NOTHING`,
    [
      source,
      documentId,
      contentHash,
      contentType,
      fetchedAt,
      publishedAt,
      publishedOrAt,
      kept.bytes,
      kept.encoding,
      problem,
    ],
  );
}

async function storeTogether(
  pool: Pool,
  observations: readonly MarketObservation[],
): Promise<readonly StoredObservation[]> {
  const left = await withoutUnchanged(pool, observations);
  const published = left.map(publishedOf);
  const told = await storePublished(
    pool,
    published.filter((one) => one !== undefined),
  );
  const stored: (StoredObservation | undefined)[] = [];
  for (const [i, observation] of left.entries())
    stored.push(published[i] === undefined ? await storeVersion(pool, observation) : told.shift());
  return stored.filter((one) => one !== undefined);
}

async function storeUnlessRefused(
  pool: Pool,
  observation: MarketObservation,
  report: Report | undefined,
): Promise<readonly StoredObservation[]> {
  try {
    return await storeTogether(pool, [observation]);
  } catch (error) {
    const problem = refusedText(error);
    if (report === undefined) throw error;
    const { kind, source, documentId } = observation;
    const { point, key } = columnsOf(observation);
    report(`${source}, document ${documentId}: ${kind} ${[point, key].join(" ").trim()} is not stored. ${problem}`);
    return [];
  }
}

/**
 * A dashboard shows a whole day again each minute: observations whose value stands already, from another document, are
 * left out by one look at the table. What occurs twice among them is judged one by one, in its order. What says when it
 * was published stays: that it says the same again decides which of an older and a newer statement stands.
 */
async function withoutUnchanged(
  pool: Pool,
  observations: readonly MarketObservation[],
): Promise<readonly MarketObservation[]> {
  const undated = observations.filter(({ publishedAt }) => publishedAt === undefined);
  if (undated.length < 2) return observations;
  const rows = undated.map((observation) => ({ ...columnsOf(observation), observation }));
  const unchanged = await query<{ position: string }>(
    pool,
    `SELECT shown.position FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
         $7::text[], $8::text[], $9::text[]) WITH ORDINALITY AS shown (kind, point, point_type, value_key, series,
         value, document_id, content_hash, compared_as, position)
       CROSS JOIN LATERAL (SELECT value FROM market_observation
          WHERE kind = shown.kind AND settlement_point = shown.point AND point_type = shown.point_type AND
            value_key = shown.value_key AND series = shown.series
          ORDER BY version DESC LIMIT 1) AS last
      WHERE CASE WHEN shown.compared_as = 'text' THEN last.value = shown.value ELSE
          last.value::numeric = shown.value::numeric END
        AND NOT EXISTS (SELECT FROM market_observation
          WHERE kind = shown.kind AND settlement_point = shown.point AND point_type = shown.point_type AND
            value_key = shown.value_key AND series = shown.series AND document_id = shown.document_id AND
            content_hash = shown.content_hash)`,
    [
      rows.map((row) => row.kind),
      rows.map((row) => row.point),
      rows.map((row) => row.pointType),
      rows.map((row) => row.key),
      rows.map(({ observation }) => seriesOf(observation.source)),
      rows.map((row) => row.value),
      rows.map(({ observation }) => observation.documentId),
      rows.map(({ observation }) => observation.contentHash),
      rows.map((row) => row.comparedAs),
    ],
  );
  const times = Map.groupBy(
    observations.map((observation) => ({ ...columnsOf(observation), observation })),
    keyOf,
  );
  const shown = unchanged.map(({ position }) => rows[Number(position) - 1] as (typeof rows)[number]);
  const leftOut = new Set(
    shown.filter((row) => times.get(keyOf(row))?.length === 1).map(({ observation }) => observation),
  );
  return observations.filter((observation) => !leftOut.has(observation));
}

function keyOf(row: Columns & { readonly kind: string; readonly observation: MarketObservation }): string {
  return JSON.stringify([row.kind, row.point, row.pointType, row.key, seriesOf(row.observation.source)]);
}

/** The columns of an observation, and how its values are compared. */
function columnsOf(observation: MarketObservation) {
  const { kind } = observation;
  const fact = observedFact(kind);
  return { ...fact.columns(observation), kind, comparedAs: fact.comparedAs };
}

/**
 * A new row when the key is new or its value changed, numbers compared as numbers: `5` and `5.00` are one price. What
 * is stored, or undefined when nothing changed. A document read again, because whoever read it first did not get to the
 * end, gives the versions it gave then. Very bytes that came before, and are fetched later than what stands, show that
 * the value is as it was: another version.
 */
async function storeVersion(pool: Pool, observation: MarketObservation): Promise<StoredObservation | undefined> {
  const row = columnsOf(observation);
  const [stored] = await query<{ version: number }>(
    pool,
    `WITH known AS (SELECT version, value, document_id, content_hash, fetched_at FROM market_observation
         WHERE kind = $1 AND settlement_point = $2 AND point_type = $3 AND value_key = $4 AND
           series = $12),
       last AS (SELECT version, value, fetched_at < $9 AS is_older FROM known ORDER BY version DESC LIMIT 1),
       before AS (SELECT known.version FROM known, last WHERE document_id = $7 AND content_hash = $8 AND
         known.value = $6 AND (known.version = last.version OR NOT is_older) ORDER BY version DESC LIMIT 1),
       inserted AS (INSERT INTO market_observation (kind, settlement_point, point_type, value_key, source, version,
         value, document_id, content_hash, fetched_at, quality)
         SELECT $1, $2, $3, $4, $5, coalesce(last.version, 0) + 1, $6, $7, $8, $9, CASE WHEN last.version IS NULL THEN
           $10 ELSE 'CORRECTED' END
           FROM (SELECT 1) AS one LEFT JOIN last ON true
          WHERE NOT EXISTS (SELECT FROM before)
            AND (last.is_older OR NOT EXISTS (SELECT FROM known WHERE content_hash = $8))
            AND (last.version IS NULL OR CASE WHEN $11 THEN
            last.value::numeric <> $6::text::numeric ELSE last.value <> $6 END)
         RETURNING version)
     SELECT version FROM before UNION ALL SELECT version FROM inserted`,
    [
      row.kind,
      row.point,
      row.pointType,
      row.key,
      observation.source,
      row.value,
      observation.documentId,
      observation.contentHash,
      observation.fetchedAt,
      observation.quality,
      row.comparedAs === "number",
      seriesOf(observation.source),
    ],
  );
  return stored === undefined ? undefined : { observation, version: stored.version };
}

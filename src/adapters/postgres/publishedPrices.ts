import { observedFact, type MarketObservation, type StoredObservation } from "../../domain/inputs/marketFacts.ts";
import type { Quality } from "../../domain/market/model.ts";
import { isUndated, routesOf, seriesOf } from "../../domain/market/valueSeries.ts";
import { type PriceStatement, standingPrice } from "../../domain/market/standingPrice.ts";
import { sameValueText } from "../../domain/units/decimal.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { instantOf, type Pool, type PoolClient, query, transaction } from "./pool.ts";

/** A value of a document whose publication is known. */
export interface Published {
  readonly observation: MarketObservation;
  readonly publishedAt: Instant;
  /** The observation at another document's value. */
  readonly restated: (value: string) => MarketObservation;
}

/**
 * What is published, and may be published otherwise again: whichever is read first, the newest by that stands. A row
 * whose source does not date it counts as of the moment that it is about, so that whatever is dated stands over it.
 */
export function publishedOf(observation: MarketObservation): Published | undefined {
  const fact = observedFact(observation.kind);
  const publishedAt = observation.publishedAt ?? (isUndated(observation.source) ? fact.saidAt(observation) : undefined);
  if (publishedAt === undefined || fact.restated === undefined) return undefined;
  const restate = fact.restated;
  return { observation, publishedAt, restated: (value) => restate(observation, value) };
}

/** What a document said, as it is kept. */
interface Statement extends PriceStatement {
  readonly quality: Quality;
  readonly fetchedAt: Instant;
}

/**
 * Keeps what a document says of a price and, where another value stands now (`standingPrice`), the next version. That
 * is of the document whose value stands, which need not be the one just read. What is stored, or undefined when nothing
 * changed. A document read again gives the version it gave then. Two that are read at a time wait for each other.
 * @throws PortUnavailableError when the database is away
 */
export function storePublished(pool: Pool, published: Published): Promise<StoredObservation | undefined> {
  const { observation, publishedAt } = published;
  const { kind, source, documentId, contentHash, fetchedAt, quality } = observation;
  const { point, pointType, key, value } = observedFact(kind).columns(observation);
  const series = seriesOf(source);
  const place = [kind, point, pointType, key];
  return transaction(pool, async (client) => {
    await query(client, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [JSON.stringify([...place, series])]);
    const said = await statements(
      client,
      place,
      routesOf(series).map((route) => `${route}/%`),
    );
    const again = said.find((one) => one.documentId === documentId && one.contentHash === contentHash);
    const last = await version(client, [...place, series], again?.gaveVersion);
    if (again !== undefined)
      return again.gaveVersion === undefined || last === undefined ? undefined : told(published, last);
    const isCorrection = quality === "CORRECTED";
    const own: Statement = { source, documentId, contentHash, value, isCorrection, publishedAt, quality, fetchedAt };
    const standing = standingPrice([...said, own]);
    const isNew = last === undefined || !sameValueText(last.value, standing.value);
    const next = isNew
      ? {
          ...standing,
          version: last === undefined ? 1 : last.version + 1,
          quality: last === undefined ? standing.quality : ("CORRECTED" as const),
        }
      : undefined;
    if (next !== undefined)
      await query(
        client,
        `INSERT INTO market_observation (kind, settlement_point, point_type, value_key, source, version, value,
           document_id, content_hash, fetched_at, quality) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          ...place,
          next.source,
          next.version,
          next.value,
          next.documentId,
          next.contentHash,
          next.fetchedAt,
          next.quality,
        ],
      );
    await query(
      client,
      `INSERT INTO price_statement (kind, settlement_point, point_type, value_key, source, document_id, content_hash,
         value, quality, fetched_at, published_at, gave_version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [...place, source, documentId, contentHash, value, quality, fetchedAt, publishedAt, next?.version],
    );
    return next === undefined ? undefined : told(published, next);
  });
}

interface Version {
  readonly version: number;
  readonly source: string;
  readonly documentId: string;
  readonly contentHash: string;
  readonly value: string;
  readonly quality: Quality;
  readonly fetchedAt: Instant;
}

async function statements(
  client: PoolClient,
  place: readonly string[],
  sources: readonly string[],
): Promise<(Statement & { readonly gaveVersion?: number })[]> {
  const rows = await query<{
    source: string;
    document_id: string;
    content_hash: string;
    value: string;
    quality: Quality;
    fetched_at: Date;
    published_at: Date;
    gave_version: number | null;
  }>(
    client,
    `SELECT source, document_id, content_hash, value, quality, fetched_at, published_at, gave_version
       FROM price_statement WHERE kind = $1 AND settlement_point = $2 AND point_type = $3 AND value_key = $4 AND
         source LIKE ANY($5)`,
    [...place, sources],
  );
  return rows.map((row) => ({
    source: row.source,
    documentId: row.document_id,
    contentHash: row.content_hash,
    value: row.value,
    quality: row.quality,
    isCorrection: row.quality === "CORRECTED",
    fetchedAt: instantOf(row.fetched_at),
    publishedAt: instantOf(row.published_at),
    gaveVersion: row.gave_version ?? undefined,
  }));
}

/** The version of that number, the newest unless given. */
async function version(client: PoolClient, series: readonly unknown[], number?: number): Promise<Version | undefined> {
  const [row] = await query<{
    version: number;
    source: string;
    document_id: string;
    content_hash: string;
    value: string;
    quality: Quality;
    fetched_at: Date;
  }>(
    client,
    `SELECT version, source, document_id, content_hash, value, quality, fetched_at FROM market_observation
      WHERE kind = $1 AND settlement_point = $2 AND point_type = $3 AND value_key = $4 AND series = $5 AND
        ($6::int IS NULL OR version = $6) ORDER BY version DESC LIMIT 1`,
    [...series, number],
  );
  if (row === undefined) return undefined;
  return {
    version: row.version,
    source: row.source,
    documentId: row.document_id,
    contentHash: row.content_hash,
    value: row.value,
    quality: row.quality,
    fetchedAt: instantOf(row.fetched_at),
  };
}

/** The value of a version, told as the observation of its own document. */
function told({ observation, restated }: Published, of: Version): StoredObservation {
  const { version, source, documentId, contentHash, quality, fetchedAt, value } = of;
  const isOwn = documentId === observation.documentId && contentHash === observation.contentHash;
  const { publishedAt, ...rest } = restated(value);
  const provenance = {
    source,
    documentId,
    contentHash,
    fetchedAt,
    ...(isOwn ? { publishedAt, quality: observation.quality } : { quality }),
  };
  return { observation: { ...rest, ...provenance }, version };
}

import { observedFact, type MarketObservation, type StoredObservation } from "../../domain/inputs/marketFacts.ts";
import { isUndated, seriesOf } from "../../domain/market/valueSeries.ts";
import { standingPrice } from "../../domain/market/standingPrice.ts";
import { sameValueText } from "../../domain/units/decimal.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { type Pool, type PoolClient, query, transaction } from "./pool.ts";
import { insertNew, knownOf, type Place, type Statement, type Version } from "./publishedRows.ts";

/** Each place takes a lock of the server's shared memory until its transaction ends. */
const VALUES_AT_ONCE_MAX = 256;

/** A value of a document whose publication is known. */
export interface Published {
  readonly observation: MarketObservation;
  readonly publishedAt: Instant;
  /** The observation at another document's value. */
  readonly restated: (value: string) => MarketObservation;
}

/**
 * What is published, and may be published otherwise again: whichever is read first, the newest by that stands. A row
 * whose source does not date it counts as of the moment that it is about, or from which it can be published, so that
 * whatever is dated stands over it.
 */
export function publishedOf(observation: MarketObservation): Published | undefined {
  const fact = observedFact(observation.kind);
  const undatedAt = fact.publishedFrom?.(observation) ?? fact.saidAt(observation);
  const publishedAt = observation.publishedAt ?? (isUndated(observation.source) ? undatedAt : undefined);
  if (publishedAt === undefined || fact.restated === undefined) return undefined;
  const restate = fact.restated;
  return { observation, publishedAt, restated: (value) => restate(observation, value) };
}

/**
 * Keeps what documents say of prices and, where another value stands now (`standingPrice`), the next version. That is
 * of the document whose value stands, which need not be the one just read. What is stored of each, or undefined where
 * nothing changed, as if they were read one by one in their order. A document read again gives the version it gave
 * then. Two that are read at a time wait for each other.
 * @throws PortUnavailableError when the database is away; its own error where it refuses a value
 */
export async function storePublished(
  pool: Pool,
  published: readonly Published[],
): Promise<(StoredObservation | undefined)[]> {
  const stored: (StoredObservation | undefined)[] = [];
  for (let from = 0; from < published.length; from += VALUES_AT_ONCE_MAX) {
    const some = published.slice(from, from + VALUES_AT_ONCE_MAX);
    stored.push(...(await transaction(pool, (client) => storeSome(client, some))));
  }
  return stored;
}

async function storeSome(
  client: PoolClient,
  published: readonly Published[],
): Promise<(StoredObservation | undefined)[]> {
  const placed = published.map((one) => ({ ...one, place: placeOf(one.observation) }));
  const places = [...new Map(placed.map(({ place }) => [place.name, place])).values()];
  await lock(client, places);
  const known = await knownOf(client, places);
  const statements: (Statement & { readonly place: Place })[] = [];
  const versions: (Version & { readonly place: Place })[] = [];
  const stored = placed.map((one) => {
    const at = known.get(one.place.name) ?? { statements: [], versions: [] };
    const { said, next, gives } = taken(at, one);
    known.set(one.place.name, {
      statements: [...at.statements, ...(said === undefined ? [] : [said])],
      versions: [...at.versions, ...(next === undefined ? [] : [next])],
    });
    if (said !== undefined) statements.push({ ...said, place: one.place });
    if (next !== undefined) versions.push({ ...next, place: one.place });
    return gives === undefined ? undefined : told(one, gives);
  });
  await insertNew(client, statements, versions);
  return stored;
}

/**
 * Whoever stores at a place holds its lock to the end of the transaction. In one order, so that two never wait for each
 * other; in a statement of its own, because a statement sees what was committed before it began.
 */
async function lock(client: PoolClient, places: readonly Place[]): Promise<void> {
  await query(
    client,
    `SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(name, 0) AS key
        FROM unnest($1::text[]) AS name ORDER BY key OFFSET 0) AS sorted`,
    [places.map(({ name }) => name)],
  );
}

/** What a document's value comes to at its place: what it says, the next version, and the version that it gives. */
function taken(
  known: { readonly statements: readonly Statement[]; readonly versions: readonly Version[] },
  { observation, publishedAt }: Published,
): { readonly said?: Statement; readonly next?: Version; readonly gives?: Version } {
  const { source, documentId, contentHash, fetchedAt, quality } = observation;
  const again = known.statements.find((one) => one.documentId === documentId && one.contentHash === contentHash);
  if (again !== undefined)
    return again.gaveVersion === undefined
      ? {}
      : { gives: known.versions.find(({ version }) => version === again.gaveVersion) };
  const { value } = observedFact(observation.kind).columns(observation);
  const isCorrection = quality === "CORRECTED";
  const own: Statement = { source, documentId, contentHash, value, isCorrection, publishedAt, quality, fetchedAt };
  const standing = standingPrice([...known.statements, own]);
  const last = known.versions.at(-1);
  if (last !== undefined && sameValueText(last.value, standing.value)) return { said: own };
  const next: Version = {
    ...standing,
    version: last === undefined ? 1 : last.version + 1,
    quality: last === undefined ? standing.quality : "CORRECTED",
  };
  return { said: { ...own, gaveVersion: next.version }, next, gives: next };
}

function placeOf(observation: MarketObservation): Place {
  const { kind, source } = observation;
  const { point, pointType, key } = observedFact(kind).columns(observation);
  const series = seriesOf(source);
  return { kind, point, pointType, key, series, name: JSON.stringify([kind, point, pointType, key, series]) };
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

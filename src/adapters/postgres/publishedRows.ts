import type { PriceStatement } from "../../domain/market/standingPrice.ts";
import { seriesOf } from "../../domain/market/valueSeries.ts";
import type { Quality } from "../../domain/market/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { instantOf, type PoolClient, query } from "./pool.ts";

/** Where a value stands, and the series in which its versions count. The name is all of that, and its lock's. */
export interface Place {
  readonly kind: string;
  readonly point: string;
  readonly pointType: string;
  readonly key: string;
  readonly series: string;
  readonly name: string;
}

/** What a document said, as it is kept, and the version that its reading made, if any. */
export interface Statement extends PriceStatement {
  readonly quality: Quality;
  readonly fetchedAt: Instant;
  readonly gaveVersion?: number;
}

/** A version of a value, of the document that said it. */
export interface Version {
  readonly version: number;
  readonly source: string;
  readonly documentId: string;
  readonly contentHash: string;
  readonly value: string;
  readonly quality: Quality;
  readonly fetchedAt: Instant;
}

/** What is known of a place, its versions from the first to the newest. */
export interface Known {
  readonly statements: readonly Statement[];
  readonly versions: readonly Version[];
}

interface SaidRow {
  position: string;
  table: "said" | "kept";
  source: string;
  document_id: string;
  content_hash: string;
  value: string;
  quality: Quality;
  fetched_at: Date;
  published_at: Date | null;
  version: number | null;
}

const PLACES = `unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
  AS place (kind, point, point_type, value_key, position)`;
const AT_PLACE = `one.kind = place.kind AND one.settlement_point = place.point AND one.point_type = place.point_type AND
  one.value_key = place.value_key`;
const SAID = `one.source, one.document_id, one.content_hash, one.value, one.quality, one.fetched_at`;

/** What is known of each place, by its name: nothing where nobody said anything. One statement. */
export async function knownOf(client: PoolClient, places: readonly Place[]): Promise<Map<string, Known>> {
  const rows = await query<SaidRow>(
    client,
    `SELECT place.position, 'said' AS table, ${SAID}, one.published_at, one.gave_version AS version
       FROM ${PLACES} JOIN price_statement AS one ON ${AT_PLACE}
     UNION ALL
     SELECT place.position, 'kept', ${SAID}, NULL, one.version
       FROM ${PLACES} JOIN market_observation AS one ON ${AT_PLACE}
     ORDER BY position, version`,
    placeColumns(places),
  );
  const atPlace = Map.groupBy(rows, ({ position }) => Number(position) - 1);
  return new Map(
    places.map(({ name, series }, i) => {
      const own = (atPlace.get(i) ?? []).filter(({ source }) => seriesOf(source) === series);
      return [
        name,
        {
          statements: own.filter(({ table }) => table === "said").map(statementOf),
          versions: own.filter(({ table }) => table === "kept").map(versionOf),
        },
      ];
    }),
  );
}

/** Keeps statements and the versions that came of them, which are all new. One statement. */
export async function insertNew(
  client: PoolClient,
  statements: readonly (Statement & { readonly place: Place })[],
  versions: readonly (Version & { readonly place: Place })[],
): Promise<void> {
  if (statements.length === 0) return;
  await query(
    client,
    `WITH versions AS (INSERT INTO market_observation (kind, settlement_point, point_type, value_key, source,
         document_id, content_hash, value, quality, fetched_at, version)
       SELECT * FROM unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[],
         $20::text[], $21::text[], $22::timestamptz[], $23::int[]))
     INSERT INTO price_statement (kind, settlement_point, point_type, value_key, source, document_id, content_hash,
       value, quality, fetched_at, gave_version, published_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::timestamptz[], $11::int[], $12::timestamptz[])`,
    [
      ...saidColumns(statements),
      statements.map(({ gaveVersion }) => gaveVersion ?? null),
      statements.map(({ publishedAt }) => publishedAt),
      ...saidColumns(versions),
      versions.map(({ version }) => version),
    ],
  );
}

/** Place, source, document, hash, value, quality and when it was fetched, for `unnest`. */
function saidColumns(of: readonly (Omit<Version, "version"> & { readonly place: Place })[]): string[][] {
  return [
    ...placeColumns(of.map(({ place }) => place)),
    of.map(({ source }) => source),
    of.map(({ documentId }) => documentId),
    of.map(({ contentHash }) => contentHash),
    of.map(({ value }) => value),
    of.map(({ quality }) => quality),
    of.map(({ fetchedAt }) => fetchedAt),
  ];
}

/** Kinds, points, their types and keys, for `unnest`. */
function placeColumns(places: readonly Place[]): string[][] {
  return [
    places.map(({ kind }) => kind),
    places.map(({ point }) => point),
    places.map(({ pointType }) => pointType),
    places.map(({ key }) => key),
  ];
}

function saidOf(row: SaidRow): Omit<Version, "version"> {
  return {
    source: row.source,
    documentId: row.document_id,
    contentHash: row.content_hash,
    value: row.value,
    quality: row.quality,
    fetchedAt: instantOf(row.fetched_at),
  };
}

function statementOf(row: SaidRow): Statement {
  return {
    ...saidOf(row),
    isCorrection: row.quality === "CORRECTED",
    publishedAt: instantOf(row.published_at as Date),
    gaveVersion: row.version ?? undefined,
  };
}

function versionOf(row: SaidRow): Version {
  return { ...saidOf(row), version: row.version as number };
}

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
  source: string;
  document_id: string;
  content_hash: string;
  value: string;
  quality: Quality;
  fetched_at: Date;
}

const PLACES = `unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
  AS place (kind, point, point_type, value_key, position)`;

/** What is known of each place, by its name: nothing where nobody said anything. Two statements. */
export async function knownOf(client: PoolClient, places: readonly Place[]): Promise<Map<string, Known>> {
  const statements = await query<SaidRow & { published_at: Date; gave_version: number | null }>(
    client,
    `SELECT place.position, said.source, said.document_id, said.content_hash, said.value, said.quality, said.fetched_at,
        said.published_at, said.gave_version
       FROM ${PLACES} JOIN price_statement AS said ON said.kind = place.kind AND said.settlement_point = place.point AND
         said.point_type = place.point_type AND said.value_key = place.value_key`,
    placeColumns(places),
  );
  const versions = await query<SaidRow & { version: number }>(
    client,
    `SELECT place.position, kept.version, kept.source, kept.document_id, kept.content_hash, kept.value, kept.quality,
        kept.fetched_at
       FROM ${PLACES} JOIN market_observation AS kept ON kept.kind = place.kind AND
         kept.settlement_point = place.point AND kept.point_type = place.point_type AND
         kept.value_key = place.value_key
      ORDER BY kept.version`,
    placeColumns(places),
  );
  const said = Map.groupBy(statements, ({ position }) => Number(position) - 1);
  const kept = Map.groupBy(versions, ({ position }) => Number(position) - 1);
  return new Map(
    places.map(({ name, series }, i) => {
      const isOfSeries = ({ source }: SaidRow): boolean => seriesOf(source) === series;
      return [
        name,
        {
          statements: (said.get(i) ?? []).filter(isOfSeries).map(statementOf),
          versions: (kept.get(i) ?? []).filter(isOfSeries).map((row) => ({ ...saidOf(row), version: row.version })),
        },
      ];
    }),
  );
}

/** Keeps versions, which are all new. */
export async function insertVersions(
  client: PoolClient,
  versions: readonly (Version & { readonly place: Place })[],
): Promise<void> {
  if (versions.length === 0) return;
  await query(
    client,
    `INSERT INTO market_observation (kind, settlement_point, point_type, value_key, source, version, value,
       document_id, content_hash, fetched_at, quality)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
       $8::text[], $9::text[], $10::timestamptz[], $11::text[])`,
    [
      ...placeColumns(versions.map(({ place }) => place)),
      versions.map(({ source }) => source),
      versions.map(({ version }) => version),
      versions.map(({ value }) => value),
      versions.map(({ documentId }) => documentId),
      versions.map(({ contentHash }) => contentHash),
      versions.map(({ fetchedAt }) => fetchedAt),
      versions.map(({ quality }) => quality),
    ],
  );
}

/** Keeps statements, which are all new. */
export async function insertStatements(
  client: PoolClient,
  statements: readonly (Statement & { readonly place: Place })[],
): Promise<void> {
  if (statements.length === 0) return;
  await query(
    client,
    `INSERT INTO price_statement (kind, settlement_point, point_type, value_key, source, document_id, content_hash,
       value, quality, fetched_at, published_at, gave_version)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::int[])`,
    [
      ...placeColumns(statements.map(({ place }) => place)),
      statements.map(({ source }) => source),
      statements.map(({ documentId }) => documentId),
      statements.map(({ contentHash }) => contentHash),
      statements.map(({ value }) => value),
      statements.map(({ quality }) => quality),
      statements.map(({ fetchedAt }) => fetchedAt),
      statements.map(({ publishedAt }) => publishedAt),
      statements.map(({ gaveVersion }) => gaveVersion ?? null),
    ],
  );
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

function statementOf(row: SaidRow & { readonly published_at: Date; readonly gave_version: number | null }): Statement {
  return {
    ...saidOf(row),
    isCorrection: row.quality === "CORRECTED",
    publishedAt: instantOf(row.published_at),
    gaveVersion: row.gave_version ?? undefined,
  };
}

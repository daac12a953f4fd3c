import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import { instantsOfWall } from "../../domain/market/calendar.ts";
import type { DocumentTimes, Provenance } from "../../domain/market/model.ts";
import { isSamePoint, type SettlementPoint } from "../../domain/market/settlementPoint.ts";
import { isUndated } from "../../domain/market/valueSeries.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { RawDocument, Report } from "../../ports/marketFeed.ts";
import type { ColumnAliases } from "./reportCsv.ts";
import { documentRows } from "./reportDocument.ts";
import { rowByRow } from "./rowByRow.ts";

/** Corrected prices of a document, each row by itself. */
interface CorrectedPrices<One extends MarketObservation> {
  /** @throws PortDataError as `documentRows` and `rowByRow` */
  (document: RawDocument, contentHash: string, wanted: SettlementPoint, report?: Report): One[];
  readonly columns: ColumnAliases<string>;
}

/** What a row says beside its document. */
export type Corrected<One extends MarketObservation> = Omit<One, keyof Provenance>;

type Cells<Field extends string> = Readonly<Record<Field, string>>;

/** How a document of corrections is read. */
interface Correction<Field extends string, One extends MarketObservation> {
  readonly columns: ColumnAliases<Field | "price">;
  /** @throws MarketRowError for what is no price */
  readonly price: (text: string) => string;
  /** Rows are of points: those of the point and, where they have one, the type that are wanted. */
  readonly isByPoint?: true;
  /** What a row is about, and what it says of that at a price. @throws MarketRowError */
  readonly about: (
    fields: Cells<Field>,
    document: DocumentTimes,
    wanted: SettlementPoint,
  ) => { readonly place: string; readonly says: (price: string) => Corrected<One> };
}

const CORRECTED_AT = { correctedAt: ["PriceCorrectionTime"] };

/**
 * The reader of a document of corrections (ERCOT reports NP4-196-M and NP4-197-M), of quality CORRECTED. A row of the
 * Public API has no publication: the moment at which it was corrected stands for it, and of two that correct one price
 * the later counts.
 */
export function correctedPrices<Field extends string, One extends MarketObservation>({
  columns,
  price,
  isByPoint,
  about,
}: Correction<Field, One>): CorrectedPrices<One> {
  const read = (document: RawDocument, contentHash: string, wanted: SettlementPoint, report?: Report): One[] => {
    const { source, documentId, fetchedAt, publishedAt } = document;
    const where = `${source} document ${documentId}`;
    const point = isByPoint === true ? wanted.settlementPoint : "";
    const { rows } = documentRows(document, columns, point, where, CORRECTED_AT);
    const own = isByPoint === true ? rows.filter(({ fields }) => isOfPoint(fields, wanted)) : rows;
    const corrected = rowByRow(
      own,
      (fields) => {
        const { place, says } = about(fields, document, wanted);
        const value = price(fields.price);
        const correctedAt = isUndated(source) ? moment((fields as { correctedAt?: string }).correctedAt) : undefined;
        return { place, values: [value], order: correctedAt, correctedAt, said: says(value) };
      },
      where,
      report,
    );
    const head = { source, documentId, contentHash, fetchedAt, quality: "CORRECTED" } as const;
    return corrected.map(
      ({ said, correctedAt }) => ({ ...head, publishedAt: publishedAt ?? correctedAt, ...said }) as unknown as One,
    );
  };
  return Object.assign(read, { columns });
}

function isOfPoint(fields: object, wanted: SettlementPoint): boolean {
  const { settlementPoint, settlementPointType } = fields as Partial<SettlementPoint>;
  return settlementPointType === undefined
    ? settlementPoint === wanted.settlementPoint
    : settlementPoint !== undefined && isSamePoint({ settlementPoint, settlementPointType }, wanted);
}

/** `2026-08-18T17:00:12`, Central; of a repeated hour the first copy. Undefined for what is none. */
function moment(text: string | undefined): Instant | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$/.exec(text ?? "") ?? [];
  return day === undefined || time === undefined ? undefined : instantsOfWall(day, time)[0];
}

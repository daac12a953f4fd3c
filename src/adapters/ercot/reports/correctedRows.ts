import type { DayAheadMcpcObservation } from "../../../domain/inputs/dayAheadMcpc.ts";
import type { ScedLmpObservation } from "../../../domain/inputs/scedLmp.ts";
import type { ScedMcpcObservation } from "../../../domain/inputs/scedMcpc.ts";
import type { SettlementMcpcObservation } from "../../../domain/inputs/settlementMcpc.ts";
import type { SettlementPriceObservation } from "../../../domain/inputs/settlementPrice.ts";
import { intervalKey, operatingDayOf } from "../../../domain/market/calendar.ts";
import { normalizeProduct } from "../../../domain/market/capacityProducts.ts";
import { hourKey } from "../../../domain/market/deliveryHour.ts";
import { normalizeDeliveryHour } from "../../../domain/market/normalizeDeliveryHour.ts";
import { normalizeCents, normalizePrice } from "../../../domain/market/normalizeField.ts";
import { normalizeInterval } from "../../../domain/market/normalizeInterval.ts";
import { normalizeScedRun } from "../../../domain/market/normalizeScedRun.ts";
import { isSamePoint, type SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { PRODUCT_COLUMN } from "../capacityRows.ts";
import { documentRows } from "../reportDocument.ts";
import { rowByRow } from "../rowByRow.ts";

const FLAG = ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"];
const RUN = { scedTimestamp: ["SCEDTimestamp"], repeatedHour: FLAG };
const INTERVAL = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval", "DeliveryInt"],
  repeatedHour: FLAG,
};
const POINT = ["SettlementPointName", "SettlementPoint"];
const MCPC = { product: PRODUCT_COLUMN, price: ["MCPCCorrected"] };
export const SPP_COLUMNS = {
  ...INTERVAL,
  settlementPoint: POINT,
  settlementPointType: ["SettlementPointType"],
  price: ["SPPCorrected"],
};
const LMP_COLUMNS = { ...RUN, settlementPoint: POINT, price: ["LMPCorrected"] };
const SCED_MCPC_COLUMNS = { ...RUN, ...MCPC };
const SETTLEMENT_MCPC_COLUMNS = { ...INTERVAL, ...MCPC };
export const DAY_AHEAD_MCPC_COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  hourEnding: ["DeliveryHour", "HourEnding"],
  repeatedHour: FLAG,
  ...MCPC,
};

/** Corrected prices of a document, each row by itself. @throws PortDataError as `documentRows` and `rowByRow` */
type CorrectedRows<Observation> = (
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
  report?: Report,
) => Observation[];

/** Settlement prices of one point and type in a document RTM_SPP of NP4-197-M. */
export const correctedSpp: CorrectedRows<SettlementPriceObservation> = (document, contentHash, wanted, report) => {
  const { where, head } = headOf(document, contentHash);
  const { settlementPoint, settlementPointType } = wanted;
  const { rows } = documentRows(document, SPP_COLUMNS, settlementPoint, where);
  const own = rows.filter(({ fields }) => isSamePoint(fields, wanted));
  const read = rowByRow(
    own,
    (fields) => {
      const interval = normalizeInterval(fields, document);
      const value = normalizeCents("SPPCorrected", fields.price);
      return {
        place: `${settlementPoint} ${settlementPointType} ${intervalKey(interval)}`,
        values: [value],
        value,
        interval,
      };
    },
    where,
    report,
  );
  return read.map(({ interval, value }) => ({
    ...head,
    kind: "settlement-price",
    settlementPoint,
    settlementPointType,
    interval,
    priceUsdPerMwh: value,
  }));
};

/** SCED LMPs of one point in a document RTM_SPLMP of NP4-197-M. */
export const correctedLmp: CorrectedRows<ScedLmpObservation> = (document, contentHash, { settlementPoint }, report) => {
  const { where, head } = headOf(document, contentHash);
  const { rows } = documentRows(document, LMP_COLUMNS, settlementPoint, where);
  const read = rowByRow(
    rows.filter(({ fields }) => fields.settlementPoint === settlementPoint),
    (fields) => {
      const scedAt = normalizeScedRun(fields, document);
      const value = normalizePrice("LMPCorrected", fields.price);
      return { place: `${settlementPoint} ${scedAt}`, values: [value], value, scedAt };
    },
    where,
    report,
  );
  return read.map(({ scedAt, value }) => ({ ...head, kind: "sced-lmp", settlementPoint, scedAt, lmpUsdPerMwh: value }));
};

/** Clearing prices for capacity of SCED runs in a document RTM_MCPC_SCED of NP4-197-M. */
export const correctedScedMcpc: CorrectedRows<ScedMcpcObservation> = (document, contentHash, _wanted, report) => {
  const { where, head } = headOf(document, contentHash);
  const { rows } = documentRows(document, SCED_MCPC_COLUMNS, "", where);
  const read = rowByRow(
    rows,
    (fields) => {
      const scedAt = normalizeScedRun(fields, document);
      const product = normalizeProduct("ASType", fields.product, operatingDayOf(scedAt));
      const value = normalizePrice("MCPCCorrected", fields.price);
      return { place: `${scedAt} ${product}`, values: [value], value, scedAt, product };
    },
    where,
    report,
  );
  return read.map(({ scedAt, product, value }) => ({
    ...head,
    kind: "sced-mcpc",
    scedAt,
    product,
    priceUsdPerMwHour: value,
  }));
};

/** Clearing prices for capacity of quarter hours in a document RTM_MCPC_SPP of NP4-197-M. */
export const correctedSettlementMcpc: CorrectedRows<SettlementMcpcObservation> = (
  document,
  contentHash,
  _wanted,
  report,
) => {
  const { where, head } = headOf(document, contentHash);
  const { rows } = documentRows(document, SETTLEMENT_MCPC_COLUMNS, "", where);
  const read = rowByRow(
    rows,
    (fields) => {
      const interval = normalizeInterval(fields, document);
      const product = normalizeProduct("ASType", fields.product, interval.operatingDay);
      const value = normalizePrice("MCPCCorrected", fields.price);
      return { place: `${intervalKey(interval)} ${product}`, values: [value], value, interval, product };
    },
    where,
    report,
  );
  return read.map(({ interval, product, value }) => ({
    ...head,
    kind: "settlement-mcpc",
    interval,
    product,
    priceUsdPerMwHour: value,
  }));
};

/** Day-ahead clearing prices for capacity in a document DAM_MCPC of NP4-196-M. */
export const correctedDayAheadMcpc: CorrectedRows<DayAheadMcpcObservation> = (
  document,
  contentHash,
  _wanted,
  report,
) => {
  const { where, head } = headOf(document, contentHash);
  const { rows } = documentRows(document, DAY_AHEAD_MCPC_COLUMNS, "", where);
  const read = rowByRow(
    rows,
    (fields) => {
      const hour = normalizeDeliveryHour(fields);
      const product = normalizeProduct("ASType", fields.product, hour.operatingDay);
      const value = normalizePrice("MCPCCorrected", fields.price);
      return { place: `${hourKey(hour)} ${product}`, values: [value], value, hour, product };
    },
    where,
    report,
  );
  return read.map(({ hour, product, value }) => ({
    ...head,
    kind: "day-ahead-mcpc",
    hour,
    product,
    priceUsdPerMwHour: value,
  }));
};

function headOf(document: RawDocument, contentHash: string) {
  const { source, documentId, fetchedAt, publishedAt } = document;
  return {
    where: `${source} document ${documentId}`,
    head: { source, documentId, contentHash, fetchedAt, publishedAt, quality: "CORRECTED" },
  } as const;
}

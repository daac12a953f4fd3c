import type { DayAheadMcpcObservation } from "../../../domain/inputs/dayAheadMcpc.ts";
import type { DayAheadPriceObservation } from "../../../domain/inputs/dayAheadPrice.ts";
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
import { PRODUCT_COLUMN } from "../capacityRows.ts";
import { type Corrected, correctedPrices } from "../correctedPrices.ts";

const FLAG = ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"];
const RUN = { scedTimestamp: ["SCEDTimestamp"], repeatedHour: FLAG };
const INTERVAL = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval", "DeliveryInt"],
  repeatedHour: FLAG,
};
const HOUR = { deliveryDate: ["DeliveryDate"], hourEnding: ["DeliveryHour", "HourEnding"], repeatedHour: FLAG };
const POINT = { settlementPoint: ["SettlementPointName", "SettlementPoint"] };
const MCPC = { product: PRODUCT_COLUMN, price: ["MCPCCorrected"] };

/** Settlement prices of one point and type in a document RTM_SPP of NP4-197-M. */
export const correctedSpp = correctedPrices({
  columns: { ...INTERVAL, ...POINT, settlementPointType: ["SettlementPointType"], price: ["SPPCorrected"] },
  price: (text) => normalizeCents("SPPCorrected", text),
  isByPoint: true,
  about(fields, document, { settlementPoint, settlementPointType }) {
    const interval = normalizeInterval(fields, document);
    return {
      place: `${settlementPoint} ${settlementPointType} ${intervalKey(interval)}`,
      says: (priceUsdPerMwh): Corrected<SettlementPriceObservation> => ({
        kind: "settlement-price",
        settlementPoint,
        settlementPointType,
        interval,
        priceUsdPerMwh,
      }),
    };
  },
});

/** SCED LMPs of one point in a document RTM_SPLMP of NP4-197-M. */
export const correctedLmp = correctedPrices({
  columns: { ...RUN, ...POINT, price: ["LMPCorrected"] },
  price: (text) => normalizePrice("LMPCorrected", text),
  isByPoint: true,
  about(fields, document, { settlementPoint }) {
    const scedAt = normalizeScedRun(fields, document);
    return {
      place: `${settlementPoint} ${scedAt}`,
      says: (lmpUsdPerMwh): Corrected<ScedLmpObservation> => ({
        kind: "sced-lmp",
        settlementPoint,
        scedAt,
        lmpUsdPerMwh,
      }),
    };
  },
});

/** Clearing prices for capacity of SCED runs in a document RTM_MCPC_SCED of NP4-197-M. */
export const correctedScedMcpc = correctedPrices({
  columns: { ...RUN, ...MCPC },
  price: (text) => normalizePrice("MCPCCorrected", text),
  about(fields, document) {
    const scedAt = normalizeScedRun(fields, document);
    const product = normalizeProduct("ASType", fields.product, operatingDayOf(scedAt));
    return {
      place: `${scedAt} ${product}`,
      says: (priceUsdPerMwHour): Corrected<ScedMcpcObservation> => ({
        kind: "sced-mcpc",
        scedAt,
        product,
        priceUsdPerMwHour,
      }),
    };
  },
});

/** Clearing prices for capacity of quarter hours in a document RTM_MCPC_SPP of NP4-197-M. */
export const correctedSettlementMcpc = correctedPrices({
  columns: { ...INTERVAL, ...MCPC },
  price: (text) => normalizePrice("MCPCCorrected", text),
  about(fields, document) {
    const interval = normalizeInterval(fields, document);
    const product = normalizeProduct("ASType", fields.product, interval.operatingDay);
    return {
      place: `${intervalKey(interval)} ${product}`,
      says: (priceUsdPerMwHour): Corrected<SettlementMcpcObservation> => ({
        kind: "settlement-mcpc",
        interval,
        product,
        priceUsdPerMwHour,
      }),
    };
  },
});

/** Day-ahead clearing prices for capacity in a document DAM_MCPC of NP4-196-M. */
export const correctedDayAheadMcpc = correctedPrices({
  columns: { ...HOUR, ...MCPC },
  price: (text) => normalizePrice("MCPCCorrected", text),
  about(fields) {
    const hour = normalizeDeliveryHour(fields);
    const product = normalizeProduct("ASType", fields.product, hour.operatingDay);
    return {
      place: `${hourKey(hour)} ${product}`,
      says: (priceUsdPerMwHour): Corrected<DayAheadMcpcObservation> => ({
        kind: "day-ahead-mcpc",
        hour,
        product,
        priceUsdPerMwHour,
      }),
    };
  },
});

/** Day-ahead settlement point prices of one point in a document DAM_SPP of NP4-196-M. */
export const correctedDayAheadSpp = correctedPrices({
  columns: { ...HOUR, ...POINT, price: ["SPPCorrected"] },
  price: (text) => normalizePrice("SPPCorrected", text),
  isByPoint: true,
  about(fields, _document, { settlementPoint }) {
    const hour = normalizeDeliveryHour(fields);
    return {
      place: `${settlementPoint} ${hourKey(hour)}`,
      says: (priceUsdPerMwh): Corrected<DayAheadPriceObservation> => ({
        kind: "day-ahead-price",
        settlementPoint,
        hour,
        priceUsdPerMwh,
      }),
    };
  },
});

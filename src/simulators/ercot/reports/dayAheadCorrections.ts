import { derivedCapacityPrices } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import { mcpcCells, stemOf } from "./priceCorrections.ts";
import type { SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;

/** NP4-196-M: corrected day-ahead clearing prices for capacity, of the hours whose real-time prices are corrected. */
export const dayAheadCorrections: SimulatedReport = {
  reportTypeId: 13044,
  reportName: "DAM Price Corrections",
  listedMs: 30 * 24 * HOUR_MS,
  documents(day) {
    const prices = derivedCapacityPrices(day);
    const moments = Map.groupBy(day.corrections, ({ publishAtMs }) => publishAtMs);
    return [...moments].map(([publishMs, own]) => {
      const hours = new Set(own.map(({ startMs }) => startMs - (startMs % HOUR_MS)));
      const [firstMs = publishMs] = hours;
      return {
        stem: stemOf("DAM_MCPC", publishMs),
        aboutMs: firstMs,
        publishMs,
        header: [
          "DeliveryDate",
          "DeliveryHour",
          "ASType",
          "MCPCOriginal",
          "MCPCCorrected",
          "PriceCorrectionTime",
          "DSTFlag",
        ],
        rows: [...hours].flatMap((hourMs) => {
          const at = central(hourMs);
          const key = [at.toFormat("MM/dd/yyyy"), String(at.hour + 1)];
          const flag = isRepeatedHour(hourMs) ? "Y" : "N";
          return prices.hour(hourMs).map((one) => [...key, ...mcpcCells(one, publishMs), flag]);
        }),
      };
    });
  },
};

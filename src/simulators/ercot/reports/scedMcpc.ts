import { DERIVED_MARK, derivedCapacityPrices } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import { fieldsOf, delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

// The CSV has a capped and an uncapped price from this moment on.
const SPLIT_MS = Date.parse("2026-08-27T00:00:00-05:00");

/** NP6-332: clearing prices for capacity, one document a SCED run. */
export const scedMcpc: SimulatedReport = {
  reportTypeId: 24891,
  reportName: "Real-Time Clearing Prices for Capacity by SCED Interval",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-332-cd",
    endpoints: [
      {
        name: "rt_clear_price_cap_sced",
        fields: fieldsOf({ SCEDTimestamp: "DATETIME", repeatHourFlag: "BOOLEAN", ASType: "VARCHAR", MCPC: "DOUBLE" }),
      },
    ],
  },
  documents(day, times) {
    const prices = derivedCapacityPrices(day);
    return day.runs.map(({ atMs }) => {
      const at = central(atMs);
      const repeated = isRepeatedHour(atMs);
      const isSplit = atMs >= SPLIT_MS;
      return {
        stem: `RTMCPCSCED${DERIVED_MARK}_${at.toFormat("yyyyMMdd_HHmmss")}${repeated ? "xhr" : ""}`,
        aboutMs: atMs,
        publishMs: atMs + delayMs("sced-mcpc", atMs, times.lmpDelaySeconds, times),
        header: [
          "SCEDTimestamp",
          "RepeatedHourFlag",
          "ASType",
          ...(isSplit ? ["CappedMCPC", "UncappedMCPC"] : ["MCPC"]),
        ],
        rows: () =>
          prices
            .sced(atMs)
            .map(({ code, price }) => [
              at.toFormat("MM/dd/yyyy HH:mm:ss"),
              repeated ? "Y" : "N",
              code,
              price,
              ...(isSplit ? [price] : []),
            ]),
      };
    });
  },
};

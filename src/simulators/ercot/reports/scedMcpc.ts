import { capacityPrices, derivedMark } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import type { PriceDay } from "../priceDay.ts";
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
    const prices = capacityPrices(day);
    return momentsOf(day).map((atMs) => {
      const services = prices.sced(atMs);
      const at = central(atMs);
      const repeated = isRepeatedHour(atMs);
      const isSplit = atMs >= SPLIT_MS;
      return {
        stem: `RTMCPCSCED${derivedMark(services)}_${at.toFormat("yyyyMMdd_HHmmss")}${repeated ? "xhr" : ""}`,
        aboutMs: atMs,
        publishMs: atMs + delayMs("sced-mcpc", atMs, times.lmpDelaySeconds, times),
        header: [
          "SCEDTimestamp",
          "RepeatedHourFlag",
          "ASType",
          ...(isSplit ? ["CappedMCPC", "UncappedMCPC"] : ["MCPC"]),
        ],
        rows: () =>
          services.map(({ code, price }) => [
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

/** SCED runs of the days, and those that only a file of clearing prices has. */
function momentsOf({ runs, days, published }: PriceDay): number[] {
  const own = [...(published?.scedMcpc.keys() ?? [])].filter((atMs) =>
    days.includes(central(atMs).toFormat("yyyy-MM-dd")),
  );
  return [...new Set([...runs.map(({ atMs }) => atMs), ...own])].sort((a, b) => a - b);
}

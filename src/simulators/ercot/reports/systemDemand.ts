import { central } from "../centralTime.ts";
import { systemLoadMw } from "../systemLoad.ts";
import { delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";
import { endClock } from "./settlementPrices.ts";

const INTERVAL_MS = 900_000;

/** NP6-235: demand of the system, one document an hour of the four quarter hours before it. */
export const systemDemand: SimulatedReport = {
  reportTypeId: 12340,
  reportName: "System-Wide Demand",
  listedMs: SIX_HOURS_MS,
  documents({ intervals }, times) {
    const hours = Map.groupBy(intervals, ({ startMs }) => startMs - (startMs % 3_600_000));
    return [...hours].map(([hourMs, own]) => {
      const endMs = (own.at(-1)?.startMs ?? hourMs) + INTERVAL_MS;
      return {
        stem: `SYSWIDEDEMANDNP6235_${central(endMs).toFormat("yyyyMMdd_HHmm")}`,
        aboutMs: hourMs,
        publishMs: endMs + delayMs("system-demand", endMs, times.sppDelaySeconds, times),
        header: ["DeliveryDate", "TimeEnding", "Demand", "DSTFlag"],
        rows: () =>
          own.map((interval) => {
            const at = central(interval.startMs);
            const demand = systemLoadMw(at.hour + (at.minute + 7.5) / 60).toFixed(4);
            return [at.toFormat("MM/dd/yyyy"), endClock(interval), demand, interval.repeated ? "Y" : "N"];
          }),
      };
    });
  },
};

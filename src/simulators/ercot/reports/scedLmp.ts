import { central, isRepeatedHour } from "../centralTime.ts";
import { fieldsOf, delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

/** NP6-788: LMP of each point, one document a SCED run. */
export const scedLmp: SimulatedReport = {
  reportTypeId: 12300,
  reportName: "LMPs by Resource Nodes, Load Zones and Trading Hubs",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-788-cd",
    endpoints: [
      {
        name: "lmp_node_zone_hub",
        fields: fieldsOf({
          SCEDTimestamp: "DATETIME",
          repeatHourFlag: "BOOLEAN",
          settlementPoint: "VARCHAR",
          LMP: "DOUBLE",
        }),
      },
    ],
  },
  documents: ({ runs }, times) =>
    runs.map(({ atMs, lmps }) => {
      const at = central(atMs);
      const repeated = isRepeatedHour(atMs);
      return {
        stem: `LMPSROSNODENP6788_${at.toFormat("yyyyMMdd_HHmmss")}${repeated ? "xhr" : ""}`,
        aboutMs: atMs,
        publishMs: atMs + delayMs("lmp", atMs, times.lmpDelaySeconds, times),
        header: ["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"],
        rows: () =>
          lmps.map(({ point, lmp }) => [at.toFormat("MM/dd/yyyy HH:mm:ss"), repeated ? "Y" : "N", point, lmp]),
      };
    }),
};

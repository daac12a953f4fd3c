import type { PriceDay } from "../priceDay.ts";
import { rtdRuns, rtdStem, STEP_COLUMNS, stepCells } from "../rtdRuns.ts";
import { fieldsOf, delayMs, draw, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

/** RTD errs by up to so much a step that it looks ahead. */
const ERROR_PER_STEP = 0.02;

/** NP6-970: the LMPs of the coming SCED runs with an error that grows by the step, one document every five minutes. */
export const rtdPath: SimulatedReport = {
  reportTypeId: 13073,
  reportName: "RTD Indicative LMPs by Resource Nodes, Load Zones and Hubs",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-970-cd",
    endpoints: [
      {
        name: "rtd_lmp_node_zone_hub",
        fields: fieldsOf({
          RTDTimestamp: "DATETIME",
          repeatHourFlag: "BOOLEAN",
          intervalId: "INTEGER",
          intervalEnding: "DATETIME",
          intervalRepeatHourFlag: "BOOLEAN",
          settlementPoint: "VARCHAR",
          settlementPointType: "VARCHAR",
          LMP: "DOUBLE",
        }),
      },
    ],
  },
  documents(day, times) {
    const types = typesOf(day);
    return rtdRuns(day).map(({ atMs, steps }) => ({
      stem: rtdStem("RTDLMPRNLZHUBNP6970", atMs),
      aboutMs: atMs,
      publishMs: atMs + delayMs("rtd", atMs, times.lmpDelaySeconds, times),
      header: [...STEP_COLUMNS, "SettlementPoint", "SettlementPointType", "LMP"],
      rows: () =>
        steps.flatMap(({ endMs, run }, i) => {
          const step = stepCells(atMs, endMs, i + 1);
          return run.lmps.flatMap(({ point, lmp }) => {
            const error = draw(`${times.seed}/rtd/${point}/${atMs}/${i}`) * ERROR_PER_STEP * i;
            const price = (Number(lmp) * (1 + error)).toFixed(2);
            return (types.get(point) ?? ["RN"]).map((type) => [...step, point, type, price]);
          });
        }),
    }));
  },
};

/** The types under which each point has settlement prices. */
function typesOf({ intervals }: PriceDay): ReadonlyMap<string, readonly string[]> {
  const types = new Map<string, Set<string>>();
  for (const { prices } of intervals)
    for (const { point, type } of prices) types.set(point, (types.get(point) ?? new Set()).add(type));
  return new Map([...types].map(([point, own]) => [point, [...own]]));
}

import { central, isRepeatedHour } from "../centralTime.ts";
import { loadCells, systemLoadMw } from "../systemLoad.ts";
import { delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const HOURS = 7 * 24;
/** Models that forecast, the one in use first, and by how many MW each errs. */
const MODELS = [
  ["E3", 180],
  ["A6", -900],
] as const;
const ZONES = ["Coast", "East", "FarWest", "North", "NorthCentral", "Southern", "SouthCentral", "West"];

/** NP3-565: load of the next seven days by two models, one document an hour. */
export const loadForecast: SimulatedReport = {
  reportTypeId: 14837,
  reportName: "Seven-Day Load Forecast by Model and Weather Zone",
  listedMs: SIX_HOURS_MS,
  documents({ intervals }, times) {
    const hours = new Set(intervals.map(({ startMs }) => startMs - (startMs % HOUR_MS)));
    return [...hours].map((hourMs) => ({
      stem: `LFMODWEATHERNP3565_${central(hourMs).toFormat("yyyyMMdd_HHmm")}`,
      aboutMs: hourMs,
      publishMs: hourMs + delayMs("load-forecast", hourMs, times.sppDelaySeconds, times),
      header: ["DeliveryDate", "HourEnding", ...ZONES, "SystemTotal", "Model", "InUseFlag", "DSTFlag"],
      rows: () =>
        MODELS.flatMap(([model, bias], i) =>
          Array.from({ length: HOURS }, (_, hour) => rowOf(hourMs + hour * HOUR_MS, model, bias, i === 0)),
        ),
    }));
  },
};

function rowOf(hourMs: number, model: string, bias: number, isInUse: boolean): string[] {
  const at = central(hourMs);
  const { zones, total } = loadCells(systemLoadMw(at.hour + 0.5, bias));
  const flags = [isInUse ? "Y" : "N", isRepeatedHour(hourMs) ? "Y" : "N"];
  return [at.toFormat("MM/dd/yyyy"), `${at.hour + 1}:00`, ...zones, total, model, ...flags];
}

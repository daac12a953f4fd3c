import { central, isRepeatedHour, msOfWall } from "../centralTime.ts";
import { hoursOfDay } from "../marketFiles.ts";
import { loadCells, systemLoadMw, ZONE_SHARES } from "../systemLoad.ts";
import { delayMs, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
/** Early in the morning after. */
const PUBLISHED_AFTER_SECONDS = 5.5 * 3_600;

/** NP6-345: load by weather zone, one document a day, and that of the day before the first. */
export const actualLoad: SimulatedReport = {
  reportTypeId: 13101,
  reportName: "Actual System Load by Weather Zone",
  listedMs: 30 * 24 * HOUR_MS,
  documents({ days }, times) {
    const [first = ""] = days;
    const before = central(msOfWall(first, "00:00:00", false) as number).minus({ days: 1 });
    return [before.toFormat("yyyy-MM-dd"), ...days].map((day) => {
      const startMs = msOfWall(day, "00:00:00", false) as number;
      const hours = hoursOfDay(day);
      const endMs = startMs + hours.length * HOUR_MS;
      return {
        stem: `ACTUALSYSLOADWZNP6345_${day.replaceAll("-", "")}`,
        aboutMs: startMs,
        publishMs: endMs + delayMs("actual-load", endMs, PUBLISHED_AFTER_SECONDS, times),
        header: ["OperDay", "HourEnding", ...ZONE_SHARES.map(([zone]) => zone), "TOTAL", "DSTFlag"],
        rows: () =>
          hours.map((hourMs) => {
            const at = central(hourMs);
            const { zones, total } = loadCells(systemLoadMw(at.hour + 0.5));
            const hour = `${String(at.hour + 1).padStart(2, "0")}:00`;
            return [at.toFormat("MM/dd/yyyy"), hour, ...zones, total, isRepeatedHour(hourMs) ? "Y" : "N"];
          }),
      };
    });
  },
};

import { central, isRepeatedHour } from "../centralTime.ts";
import type { GridSnapshot } from "../priceDay.ts";
import { adderAt, systemAdders } from "../systemAdder.ts";
import { delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

/** Megawatts that are deployed from a level of an energy emergency on. */
const ERS_MW = 950;
const LOAD_RESOURCES_MW = 1_250;

/** Columns of a row of adders behind its stamps, in the order of NP6-323 and NP6-325. */
export const ADDER_COLUMNS = [
  "SystemLambda",
  "RTRDPA",
  "RTRDPARUS",
  "RTRDPARDS",
  "RTRDPARRS",
  "RTRDPAECRS",
  "RTRDPANSS",
  "RTRRUC",
  "RTRRMR",
  "RTDNCLR",
  "RTDERS",
  "RTDCTIEImport",
  "RTDCTIEExport",
  "RTBLTImport",
  "RTBLTExport",
  "RTOLLSL",
  "RTOLHSL",
  "RTDLL",
];

/** NP6-323: adders and deployments, one document a SCED run. */
export const scedAdders: SimulatedReport = {
  reportTypeId: 13221,
  reportName: "Real-Time Price Adders by SCED Interval",
  listedMs: SIX_HOURS_MS,
  documents(day, times) {
    const adders = systemAdders(day);
    return day.runs.map(({ atMs, lmps }) => {
      const at = central(atMs);
      const repeated = isRepeatedHour(atMs);
      const stamp = [at.toFormat("MM/dd/yyyy HH:mm:ss"), repeated ? "Y" : "N"];
      return {
        stem: `RTSCEDpriceAdderNP6323_${at.toFormat("yyyyMMdd_HHmmss")}${repeated ? "xhr" : ""}`,
        aboutMs: atMs,
        publishMs: atMs + delayMs("adders", atMs, times.lmpDelaySeconds, times),
        header: ["SCEDTimestamp", "RepeatedHourFlag", ...ADDER_COLUMNS],
        rows: () => [[...stamp, ...adderCells(lmps[0]?.lmp ?? "", adderAt(adders, atMs), atMs, day.conditions)]],
      };
    });
  },
};

/** Cells of `ADDER_COLUMNS`: what is deployed follows from the level of the grid at that moment. */
export function adderCells(
  systemLambda: string,
  adder: string,
  atMs: number,
  conditions: readonly GridSnapshot[],
): readonly string[] {
  const level = conditions.findLast((one) => one.atMs <= atMs)?.eeaLevel ?? 0;
  const mw = (from: number, megawatts: number): string => (level >= from ? megawatts : 0).toFixed(1);
  const loadResources = mw(2, LOAD_RESOURCES_MW);
  const ers = mw(1, ERS_MW);
  const zeros = (count: number): string[] => Array.from({ length: count }, () => "0");
  return [systemLambda, adder, ...zeros(7), loadResources, ers, ...zeros(4), "41210.3", "68744.9", "0"];
}

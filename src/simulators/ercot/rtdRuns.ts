import { central, isRepeatedHour } from "./centralTime.ts";
import type { PriceDay, PriceRun } from "./priceDay.ts";

const STEP_MS = 300_000;
const STEPS = 12;
/** RTD runs begin a second after the mark. */
const OFFSET_MS = 1_000;
/** A coming SCED run begins up to so long after the step that it prices. */
const LATE_RUN_MS = 30_000;

/** A run of the look-ahead: the end of each step, and the SCED run that will price it. */
export interface RtdRun {
  readonly atMs: number;
  readonly steps: readonly { readonly endMs: number; readonly run: PriceRun }[];
}

/** RTD runs on the five-minute marks of the days, each with the steps whose SCED run the day has. */
export function rtdRuns({ runs }: PriceDay): readonly RtdRun[] {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return [];
  const firstMark = Math.ceil(first.atMs / STEP_MS) * STEP_MS;
  const rtds: RtdRun[] = [];
  let at = 0;
  for (let markMs = firstMark; markMs <= last.atMs; markMs += STEP_MS) {
    while (at + 1 < runs.length && (runs[at + 1] as PriceRun).atMs <= markMs) at += 1;
    const steps: { endMs: number; run: PriceRun }[] = [];
    let coming = at;
    for (let step = 1; step <= STEPS; step += 1) {
      const endMs = markMs + step * STEP_MS;
      const fromMs = endMs - STEP_MS + LATE_RUN_MS;
      while (coming + 1 < runs.length && (runs[coming + 1] as PriceRun).atMs <= fromMs) coming += 1;
      steps.push({ endMs, run: runs[coming] as PriceRun });
    }
    rtds.push({ atMs: markMs + OFFSET_MS, steps });
  }
  return rtds;
}

/** Name of a document about an RTD run, after its report's own. */
export function rtdStem(report: string, atMs: number): string {
  return `${report}_${central(atMs).toFormat("yyyyMMdd_HHmmss")}${isRepeatedHour(atMs) ? "xhr" : ""}`;
}

/** Columns of the cells that name a step. */
export const STEP_COLUMNS = [
  "RTDTimestamp",
  "RepeatedHourFlag",
  "IntervalID",
  "IntervalEnding",
  "IntervalRepeatedHourFlag",
];

/** Cells that name a step: run, its flag, number of the step, its end and that one's flag. */
export function stepCells(atMs: number, endMs: number, step: number): readonly string[] {
  const text = (ms: number): string => central(ms).toFormat("MM/dd/yyyy HH:mm:ss");
  const flag = (ms: number): string => (isRepeatedHour(ms) ? "Y" : "N");
  return [text(atMs), flag(atMs), String(step), text(endMs), flag(endMs)];
}

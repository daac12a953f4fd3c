import { normalizeRtdInterval } from "../../domain/market/normalizeRtdInterval.ts";
import { normalizeScedRun } from "../../domain/market/normalizeScedRun.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { sameValue } from "../../domain/units/sameValue.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument, Report } from "../../ports/marketFeed.ts";
import { atRow, type ReportRow } from "./reportCsv.ts";

/** Columns that name a step of an RTD run. */
export const RTD_COLUMNS = {
  rtdTimestamp: ["RTDTimestamp"],
  repeatedHour: ["RepeatedHourFlag", "RepeatHourFlag", "DSTFlag"],
  intervalEnding: ["IntervalEnding"],
  intervalRepeatedHour: ["IntervalRepeatedHourFlag", "IntervalRepeatHourFlag", "IERepeatHourFlag"],
};

/** RTD looks about twelve steps ahead. */
const STEPS_MAX = 24;

/** A step of an RTD run with what its row says. */
export interface RtdStep<Said> {
  readonly rtdAt: Instant;
  readonly endsAt: Instant;
  readonly said: Said;
}

/**
 * The steps of each RTD run among rows of NP6-970 or NP6-325, ascending. A bad row is left out and told to `report`; it
 * costs the others nothing. Pure.
 * @throws PortDataError when no row can be read, for two rows of one step that differ, and for more than 24 steps
 */
export function rtdRuns<Said>(
  rows: readonly ReportRow<keyof typeof RTD_COLUMNS>[],
  document: RawDocument,
  sayOf: (row: number) => Said,
  report?: Report,
): ReadonlyMap<Instant, readonly RtdStep<Said>[]> {
  const where = `${document.source} document ${document.documentId}`;
  const problems: string[] = [];
  const steps = rows.flatMap(({ line, fields }, index): RtdStep<Said>[] => {
    try {
      return [
        atRow(where, line, () => {
          const run = { scedTimestamp: fields.rtdTimestamp, repeatedHour: fields.repeatedHour };
          const rtdAt = normalizeScedRun(run, document, "RTDTimestamp");
          return { rtdAt, endsAt: normalizeRtdInterval(fields, rtdAt), said: sayOf(index) };
        }),
      ];
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (steps.length === 0) throw new PortDataError(problems[0] ?? `${where}: expected a row of an RTD run, found none`);
  for (const problem of problems) report?.(problem);
  const byRun = Map.groupBy(steps, ({ rtdAt }) => rtdAt);
  return new Map([...byRun].map(([rtdAt, own]) => [rtdAt, ascending(own, where)]));
}

function ascending<Said>(steps: readonly RtdStep<Said>[], where: string): readonly RtdStep<Said>[] {
  const byEnd = new Map<Instant, RtdStep<Said>>();
  for (const step of steps) {
    const before = byEnd.get(step.endsAt);
    if (before !== undefined && !sameValue(before.said, step.said))
      throw new PortDataError(`${where}: the step that ends at ${step.endsAt} is there twice, and differs`);
    byEnd.set(step.endsAt, step);
  }
  if (byEnd.size > STEPS_MAX)
    throw new PortDataError(`${where}: expected at most ${STEPS_MAX} steps of an RTD run, found ${byEnd.size}`);
  return [...byEnd.values()].toSorted((a, b) => (a.endsAt < b.endsAt ? -1 : 1));
}

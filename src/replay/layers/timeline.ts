import type { DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import { splitText } from "../../domain/decision/split.ts";
import type { TimelineLedgerRow } from "../../domain/evidence/ledgers.ts";
import type { LedgerCount } from "../../domain/settlement/ledgerCount.ts";
import { surveyedMachines } from "../../domain/settlement/surveyedMachines.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../../domain/settlement/timeline.ts";
import { firstDifference, shown } from "../firstDifference.ts";
import type { LayerLog } from "../layerLog.ts";
import type { SiteFacts } from "./decisions.ts";

type Line = TimelineLedgerRow;

/**
 * The timeline made again, decision by decision, by the rule that wrote it: a line for each cohort that changes, and
 * none else. How many machines were able to run is what the survey or, by the history, the fleet's ledger counted; of
 * a history that does not say the ledger's count it is taken as recorded, from none to the plan's. A count that must
 * stay is held. A change that the timeline does not show would be settled as if it had not happened.
 */
export function checkTimeline(facts: SiteFacts, timeline: readonly Line[], log: LayerLog): void {
  // without a line nothing can be settled: a settled day has no baseline then
  if (timeline.length === 0) return;
  const first = facts.records[0]?.record.sequence ?? 1;
  const bySequence = Map.groupBy(timeline, ({ sequence }) => sequence);
  const newest = new Map<string, Line>();
  const keep = (lines: readonly Line[]): void => lines.forEach((line) => newest.set(line.cohortId, line));
  let previous = first - 1;
  keep(timeline.filter(({ sequence }) => sequence < first));
  for (const [i, { record, start, where }] of facts.records.entries()) {
    // what a gap has taken is taken as recorded
    keep(timeline.filter(({ sequence }) => sequence > previous && sequence < record.sequence));
    previous = record.sequence;
    const rows = bySequence.get(record.sequence) ?? [];
    const before = [...newest.values()];
    const counts = facts.counted.get(record.sequence) ?? [];
    const made = linesOf(start.plan, record, before, rows, counts);
    const applied = appliedPlan(facts, i);
    const later = applied && linesOf(applied, record, before, rows, counts);
    // between its restart and the site's next run, a worker writes lines by the plan that is being applied
    const due = later !== undefined && isSame(later, rows) && !isSame(made, rows) ? later : made;
    compare(`ledgers/timeline.jsonl ${where}`, due, rows, log);
    keep(due);
  }
  findUndecided(facts, timeline, first, log);
}

/** The lines that a decision must have left; a count that nothing but the row says is the row's. */
function linesOf(
  plan: SitePlan,
  record: DecisionRecord,
  current: readonly Line[],
  rows: readonly Line[],
  counts: readonly LedgerCount[],
): Line[] {
  const isKnown = (cohortId: string): boolean => [...plan.cohorts, ...current].some((one) => one.cohortId === cohortId);
  const cohorts = record.output.cohorts.filter(({ cohortId }) => isKnown(cohortId));
  const known = { ...record, output: { ...record.output, cohorts } };
  return [
    ...leftCohorts(plan, known, current),
    ...changedCohorts(plan, known, current).flatMap((changed) => {
      const row = rows.find(({ cohortId }) => cohortId === changed.cohort.cohortId);
      // whoever has none and counts none again leaves no line
      const unsaid = changed.before?.ableToRun ?? changed.decision.ableMachines;
      const byHistory = counts.find(({ cohortId }) => cohortId === changed.cohort.cohortId)?.machines;
      const byLedger = byHistory ?? (row === undefined ? unsaid : counted(row.ableToRun));
      const count = surveyedMachines(known, changed) ?? byLedger;
      return timelineChange(plan, known, changed, count) ?? [];
    }),
  ];
}

/** A count as it may be; what is none is told as 0, which differs from it. */
function counted(ableToRun: number): number {
  return Number.isSafeInteger(ableToRun) && ableToRun >= 0 ? ableToRun : 0;
}

/** The plan that follows in the runs after a decision, where another one does. */
function appliedPlan({ records }: SiteFacts, i: number): SitePlan | undefined {
  const { planHash } = records[i]!.start;
  return records.slice(i + 1).find(({ start }) => start.planHash !== planHash)?.start.plan;
}

function isSame(due: readonly Line[], rows: readonly Line[]): boolean {
  return due.length === rows.length && due.every((line) => isAmong(line, rows));
}

function isAmong(line: Line, rows: readonly Line[]): boolean {
  return rows.some((row) => row.cohortId === line.cohortId && firstDifference(line, row) === undefined);
}

function compare(where: string, due: readonly Line[], rows: readonly Line[], log: LayerLog): void {
  for (const line of due) {
    log.check();
    const row = rows.find(({ cohortId }) => cohortId === line.cohortId);
    const difference = row && firstDifference(line, row);
    if (row === undefined)
      log.find(where, `${line.cohortId} to "${splitText(line.split)} ${line.reason}", a line for it`, "no line for it");
    else if (difference !== undefined)
      log.find(
        `${where} ${line.cohortId} ${difference.path.slice(1)}`,
        shown(difference.expected),
        shown(difference.found),
      );
  }
  for (const row of rows) {
    log.check();
    if (!due.some(({ cohortId }) => cohortId === row.cohortId))
      log.find(where, `no line for ${row.cohortId}: nothing changes`, `"${splitText(row.split)} ${row.reason}"`);
  }
  for (const [cohortId, lines] of Map.groupBy(rows, (row) => row.cohortId))
    if (lines.length > 1) log.find(where, `one line for ${cohortId}`, `${lines.length} lines`);
}

function findUndecided({ records, gaps }: SiteFacts, timeline: readonly Line[], first: number, log: LayerLog): void {
  const decided = new Set(records.map(({ record }) => record.sequence));
  const isLost = (sequence: number): boolean =>
    gaps.some(
      (gap) => gap.firstSequence !== undefined && sequence >= gap.firstSequence && sequence <= gap.lastSequence,
    );
  for (const { sequence, cohortId } of timeline) {
    if (sequence < first || decided.has(sequence) || isLost(sequence)) continue;
    log.check();
    log.find(`ledgers/timeline.jsonl decision ${sequence} ${cohortId}`, "a decision about this cohort", "none");
  }
}

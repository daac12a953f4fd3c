import { describe, expect, it } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { decide, RULE_SET } from "../../src/domain/decision/decide.ts";
import { nextRecord } from "../../src/domain/decision/nextRecord.ts";
import { reconfigured } from "../../src/domain/decision/reconfigured.ts";
import { adopt, initialSiteState } from "../../src/domain/decision/siteState.ts";
import type { SitePlan } from "../../src/domain/decision/model.ts";
import type { TimelineLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../../src/domain/settlement/timeline.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import type { SiteFacts } from "../../src/replay/layers/decisions.ts";
import { checkTimeline } from "../../src/replay/layers/timeline.ts";
import { at, cohort, inputAt, site } from "../domain/decision/site.ts";

const first = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });
const second = site({ cohorts: [cohort({ machines: 60 }), cohort({ cohortId: "c", clientId: "dogwood" })] });

/**
 * A night with a configuration amid it: two cohorts off by price, then one of them loses 40 machines, the other leaves
 * and a third comes. `written` is the plan of the worker that writes the lines,
 * `able` how many machines of each can run: all but two unless said; `last` the plan of the last decision. The history
 * says what the fleet's ledger counted where `isSaid`.
 */
function night(
  written: (plan: SitePlan, n: number) => SitePlan = (plan) => plan,
  able?: number,
  { last = second, isSaid = false } = {},
) {
  const steps = [
    { plan: first, time: "18:31:00", lmp: 20 },
    { plan: first, time: "18:36:00", lmp: 500 },
    { plan: second, time: "18:41:00", lmp: 500 },
    { plan: last, time: "18:46:00", lmp: 20 },
  ];
  const said = new Map<number, { cohortId: string; machines: number }[]>();
  const timeline: TimelineLedgerRow[] = [];
  const records: SiteFacts["records"][number][] = [];
  let state = initialSiteState(first);
  for (const [n, { plan, time, lmp }] of steps.entries()) {
    if (n > 0) state = reconfigured(state, steps[n - 1]!.plan, plan);
    const input = inputAt(plan, lmp, { asOf: at(time), cohorts: state.cohorts });
    const output = decide(plan, input);
    const planHash = plan === first ? "first" : "second";
    const record = nextRecord({ plan, planHash, state, input, output, ruleSet: RULE_SET });
    state = adopt(plan, state, record, `hash-${record.sequence}`);
    const by = written(plan, n);
    const before = [...timeline];
    timeline.push(...leftCohorts(by, record, before));
    for (const one of changedCohorts(by, record, before)) {
      const counted = one.countsMachines ? (able ?? one.cohort.machines - 2) : undefined;
      const { cohortId } = one.cohort;
      const earlier = said.get(record.sequence) ?? [];
      if (isSaid && counted !== undefined) said.set(record.sequence, [...earlier, { cohortId, machines: counted }]);
      timeline.push(...[timelineChange(by, record, one, counted)].filter((line) => line !== undefined));
    }
    records.push({
      record,
      start: { plan, planHash, ruleSet: RULE_SET, state, pending: [] },
      where: `decision ${record.sequence}`,
    });
  }
  const facts: SiteFacts = {
    records,
    arrivals: [],
    counted: said,
    children: new Map(),
    dispatchResults: [],
    gaps: [],
    lostRevisions: [],
  };
  return { facts, timeline };
}

function findings(change: (rows: TimelineLedgerRow[]) => void, told = night()): string[] {
  const log = new LayerLog("effects", "test");
  change(told.timeline);
  checkTimeline(told.facts, told.timeline, log);
  return log.findings.map(({ where, expected, found }) => `${where}: ${expected} | ${found}`);
}

const rowOf = (rows: TimelineLedgerRow[], sequence: number, cohortId: string): number =>
  rows.findIndex((row) => row.sequence === sequence && row.cohortId === cohortId);

describe("the timeline of a night with a configuration amid it, audited", () => {
  it("holds, with the line of a cohort that lost machines, of one that left and of one that came", () => {
    const told = night();
    expect(
      told.timeline.map((row) => `${row.sequence} ${row.cohortId} ${splitText(row.split)} ${row.ableToRun}`),
    ).toEqual([
      "1 a normal 98",
      "1 b normal 98",
      "2 a off 98",
      "2 b off 98",
      "3 b no machine 0",
      "3 a off 60",
      "3 c normal 98",
    ]);
    expect(findings(() => undefined, told)).toEqual([]);
  });

  it("a line counted with another share of the cooling than its plan says is found", () => {
    const cooled = (plan: SitePlan): SitePlan => ({
      ...plan,
      cohorts: plan.cohorts.map((one) => ({ ...one, feederPue: 1.02 })),
    });
    expect(findings(() => undefined, night(cooled))).toContain(
      "ledgers/timeline.jsonl decision 1 a feederPue: nothing | 1.02",
    );
  });

  it("holds for a hall none of whose machines could run, decision after decision", () => {
    const told = night((plan) => plan, 0);
    expect(told.timeline.map((row) => `${row.sequence} ${row.cohortId} ${row.reason} ${row.ableToRun}`)).toEqual([
      "1 a economic 0",
      "1 b economic 0",
      "3 a silence 0",
      "3 c silence 0",
    ]);
    expect(findings(() => undefined, told)).toEqual([]);
  });

  it("holds where the worker had the new configuration a decision before the site", () => {
    expect(
      findings(
        () => undefined,
        night((plan, n) => (n === 1 ? second : plan)),
      ),
    ).toEqual([]);
  });

  it.each([
    [
      "a line of the very first decision that is left out",
      (rows) => rows.splice(0, 1),
      /decision 1: a to "normal .*no line/,
    ],
    [
      "a line with which a cohort left that is left out",
      (rows) => rows.splice(4, 1),
      /decision 3: b to "no machine .*no line/,
    ],
    [
      "machines that were able to run only once their cohort was off",
      (rows) => (rows[rowOf(rows, 3, "a")] = { ...rows[rowOf(rows, 3, "a")]!, ableToRun: 98 }),
      /decision 3 a ableToRun: 60 \| 98/,
    ],
    [
      "more machines than the plan has",
      (rows) => (rows[rowOf(rows, 1, "a")] = { ...rows[0]!, ableToRun: 101 }),
      /decision 1 a ableToRun: 100 \| 101/,
    ],
    ["a line told twice", (rows) => rows.push(rows[2]!), /decision 2: one line for a \| 2 lines/],
    [
      "a line where nothing changes",
      (rows) => rows.push({ ...rows[rowOf(rows, 3, "c")]!, cohortId: "a", sequence: 4, at: at("18:46:00") }),
      /decision 4/,
    ],
    [
      "a line of a decision that nobody made",
      (rows) => rows.push({ ...rows[0]!, sequence: 9 }),
      /decision 9 a: a decision about this cohort \| none/,
    ],
  ] satisfies readonly (readonly [string, (rows: TimelineLedgerRow[]) => unknown, RegExp])[])(
    "shows %s",
    (_what, change, finding) => {
      expect(findings(change as (rows: TimelineLedgerRow[]) => void).join("\n")).toMatch(finding);
    },
  );
});

describe("the same night, where the history says what the fleet's ledger counted", () => {
  const back = () => night(undefined, undefined, { last: first, isSaid: true });

  it("holds, with the line of the cohort that comes back", () => {
    const told = back();
    expect(told.timeline.map((row) => `${row.sequence} ${row.cohortId} ${row.ableToRun}`)).toContain("4 b 98");
    expect(findings(() => undefined, told)).toEqual([]);
    expect(findings(() => undefined, night(undefined, 0, { last: first, isSaid: true }))).toEqual([]);
  });

  it("shows the line with which a cohort came back that is left out: it would not be paid from there", () => {
    const found = findings((rows) => rows.splice(rowOf(rows, 4, "b"), 1), back());
    expect(found.join("\n")).toMatch(/decision 4: b to "normal .*no line/);
  });

  it("shows one machine more or less than were counted", () => {
    for (const machines of [97, 99]) {
      const found = findings((rows) => {
        const i = rowOf(rows, 1, "a");
        rows[i] = { ...rows[i]!, ableToRun: machines, split: [{ modeId: "normal", machines }] };
      }, back());
      expect(found.join("\n")).toContain(`decision 1 a ableToRun: 98 | ${machines}`);
    }
  });
});

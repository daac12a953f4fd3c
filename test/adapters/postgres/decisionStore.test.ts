import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { postgresDecisionStore } from "../../../src/adapters/postgres/decisionStore.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import type { DecisionRecord } from "../../../src/domain/decision/model.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import { all, inputAt, site } from "../../domain/decision/site.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const RUN = { workflowId: "site/test", runId: "run" };
const plan = site();
const [cohort] = plan.cohorts;
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, 3);
});

beforeEach(() => pool.query("TRUNCATE decision, cohort_mode"));

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** The site's first decision, at a price. */
function decisionAt(lmpUsdPerMwh: number): DecisionRecord {
  const input = inputAt(plan, lmpUsdPerMwh);
  const state = initialSiteState(plan);
  return nextRecord({ plan, planHash: "plan", state, input, output: decide(plan, input), ruleSet: RULE_SET });
}

const change = (record: DecisionRecord): TimelineChange => ({
  cohortId: cohort!.cohortId,
  clientId: cohort!.clientId,
  sequence: record.sequence,
  at: record.input.asOf,
  split: all("normal"),
  reason: "economic",
  curtailed: [],
  ableToRun: 100,
  normalPowerW: 3_000,
});

describe.each([
  ["that changes no mode", (): TimelineChange[] => []],
  ["that changes a cohort's mode", (record: DecisionRecord): TimelineChange[] => [change(record)]],
])("a decision %s", (_, changesOf) => {
  it("is new once; written again it is the same, with one line of the timeline at most", async () => {
    const store = postgresDecisionStore(pool);
    const record = decisionAt(30);
    const first = await store.record(record, RUN, changesOf(record));
    expect(first).toMatchObject({ isNew: true, recordHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await store.record(record, RUN, changesOf(record))).toEqual({ ...first, isNew: false });
    expect(await store.latest(plan.siteId)).toEqual(record);
    expect(await store.currentModes(plan.siteId)).toEqual(changesOf(record));
  });

  it("is refused under a number that another decision has, and changes nothing", async () => {
    const store = postgresDecisionStore(pool);
    const [kept, other] = [decisionAt(30), decisionAt(31)];
    await store.record(kept, RUN, changesOf(kept));
    await expect(store.record(other, RUN, changesOf(other))).rejects.toThrow(/already recorded with hash .*, refusing/);
    expect(await store.latest(plan.siteId)).toEqual(kept);
  });
});

it("a decision whose line of the timeline cannot be written is not written either", async () => {
  const store = postgresDecisionStore(pool);
  const record = decisionAt(30);
  const line = { ...change(record), ableToRun: Number.NaN };
  await expect(store.record(record, RUN, [line])).rejects.toThrow(/NaN/);
  expect(await store.latest(plan.siteId)).toBeUndefined();
});

it("a decision that changes no mode is one statement, and no transaction around it", async () => {
  const [one, all] = [vi.spyOn(pool, "query"), vi.spyOn(pool, "connect")];
  await postgresDecisionStore(pool).record(decisionAt(30), RUN, []);
  // The pool's own query takes a connection by a callback, a transaction by a promise.
  expect([one.mock.calls.length, all.mock.calls.filter(([callback]) => callback === undefined).length]).toEqual([1, 0]);
  one.mockRestore();
  all.mockRestore();
});

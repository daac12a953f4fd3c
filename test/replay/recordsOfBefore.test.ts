import { expect, it } from "vitest";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import type { CommandLedgerRow, TimelineLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { DecisionCheck } from "../../src/replay/layers/decisions.ts";
import { effects } from "../../src/replay/layers/effects.ts";
import type { OpenedRun } from "../../src/replay/openRun.ts";
import { all, at, inputAt, site } from "../domain/decision/site.ts";

const plan = site();
const payloads = (value: unknown) => ({
  payloads: [
    {
      metadata: { encoding: Buffer.from("json/plain").toString("base64") },
      data: Buffer.from(JSON.stringify(value)).toString("base64"),
    },
  ],
});

const { facts, ...input } = inputAt(plan, 500);
/** A decision in the shape of `ballast.decision/1`: facts lie beside the rest, one mode for the whole cohort. */
const record = {
  schema: "ballast.decision/1",
  siteId: plan.siteId,
  sequence: 1,
  ruleSet: "hysteresis/1",
  planHash: "plan",
  input: { ...input, ...facts, cohorts: [{ cohortId: "a", modeId: "normal", reason: "economic" }] },
  output: {
    cohorts: [{ cohortId: "a", fromModeId: "normal", modeId: "off", curtailedKw: 300, reason: "economic" }],
    changes: true,
    sentence: "",
  },
  dispatch: { revision: 1, targets: [{ cohortId: "a", modeId: "off", fromModeId: "normal" }] },
  previousHash: "genesis",
};
const run = {
  run: { file: "runs/1.json" },
  events: [
    {
      eventId: 1,
      type: "WORKFLOW_EXECUTION_STARTED",
      attributes: {
        input: payloads({ plan, planHash: "plan", ruleSet: "hysteresis/1", state: initialSiteState(plan) }),
      },
    },
    {
      eventId: 2,
      type: "ACTIVITY_TASK_SCHEDULED",
      attributes: { activityType: { name: "recordDecision" }, input: payloads(record) },
    },
    {
      eventId: 3,
      type: "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
      attributes: { workflowId: `dispatch/${plan.siteId}/1`, input: payloads({}) },
    },
  ],
} as unknown as OpenedRun;
const line: TimelineLedgerRow = {
  cohortId: "a",
  clientId: "client",
  sequence: 1,
  at: at("18:35:00"),
  split: all("off", 98),
  reason: "economic",
  curtailed: [{ reason: "economic", belowNormalW: 98 * 3000 }],
  ableToRun: 98,
  normalPowerW: 3000,
};
const command: CommandLedgerRow = {
  revision: 1,
  attempt: 0,
  machineId: "a-1",
  cohortId: "a",
  modeId: "off",
  outcome: "acknowledged",
  writes: 1,
  at: at("18:35:01"),
};

async function found(timeline: readonly TimelineLedgerRow[], commands: readonly CommandLedgerRow[]): Promise<string[]> {
  const [made, log] = [new LayerLog("decisions", ""), new LayerLog("effects", "")];
  const check = new DecisionCheck(made);
  check.onRun(run);
  expect(made.findings.at(-1)?.found).toMatch(/^one of ballast\.decision\/1, which the program that wrote it/);

  const given = {
    facts: check.facts,
    bundle: { manifest: { siteId: plan.siteId, settlements: [] } },
    ledgers: { timeline: async () => timeline, commands: async () => commands },
  };
  await effects.check(given as unknown as Parameters<typeof effects.check>[0], log).end();
  expect(log.checked).toBeGreaterThan(5);
  return log.findings.map(({ where, found: what }) => `${where}: ${what}`);
}

it("a bundle that reaches back to one mode for a whole hall: its commands and timeline are still held to its decisions", async () => {
  expect(await found([line], [command])).toEqual([]);
  expect(await found([line], [{ ...command, modeId: "normal" }])).toEqual([
    "ledgers/commands.jsonl revision 1 a-1: a to normal",
  ]);
  expect(await found([{ ...line, reason: "instruction" }], [command])).toEqual([
    "ledgers/timeline.jsonl runs/1.json event 2 decision 1 a reason: instruction",
  ]);
});

import { expect, it } from "vitest";
import { absorb } from "../../src/domain/decision/absorb.ts";
import { decide, RULE_SET } from "../../src/domain/decision/decide.ts";
import { nextRecord } from "../../src/domain/decision/nextRecord.ts";
import { decisionInput, initialSiteState } from "../../src/domain/decision/siteState.ts";
import { planText, recordText } from "../../src/domain/evidence/recordText.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { DecisionCheck } from "../../src/replay/layers/decisions.ts";
import type { OpenedRun } from "../../src/replay/openRun.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { at, hashprice, scedLmp, site } from "../domain/decision/site.ts";

const plan = site();
const planHash = sha256Hex(planText(plan));
const counted = at("18:35:00");
const survey: SiteInput = {
  kind: "fleet-able",
  id: `fleet-able/${counted}`,
  at: counted,
  observedAt: counted,
  cohorts: [{ cohortId: "a", machines: 60 }],
};
const payloads = (value: unknown) => ({
  payloads: [
    {
      metadata: { encoding: Buffer.from("json/plain").toString("base64") },
      data: Buffer.from(JSON.stringify(value)).toString("base64"),
    },
  ],
});

/**
 * A site's first decision, on a price that a survey rode with, or that a survey before it went ahead of; the count as
 * the history has it.
 */
function findings(rider: object, isSurveyed = false): string[] {
  const price = scedLmp("18:34:50", 500);
  const first = initialSiteState(plan);
  const state = [hashprice("18:34:00"), survey, price].reduce((s, input) => absorb(plan, s, input).state, first);
  const input = decisionInput(plan, state, price.at);
  const record = nextRecord({ plan, planHash, state, input, output: decide(plan, input), ruleSet: RULE_SET });
  const signal = (told: object) => ({
    type: "WORKFLOW_EXECUTION_SIGNALED",
    attributes: { signalName: "siteInput", input: payloads(told) },
  });
  const activity = (name: string, scheduledEventId: number, asked: unknown, result: object) => [
    { type: "ACTIVITY_TASK_SCHEDULED", attributes: { activityType: { name }, input: payloads(asked ?? null) } },
    {
      type: "ACTIVITY_TASK_COMPLETED",
      attributes: { scheduledEventId: `${scheduledEventId}`, result: payloads(result) },
    },
  ];
  const start = { plan, planHash, ruleSet: RULE_SET, state: first };
  const events = [
    { type: "WORKFLOW_EXECUTION_STARTED", attributes: { input: payloads(start) } },
    signal(hashprice("18:34:00")),
    ...(isSurveyed ? activity("surveyFleet", 3, undefined, { machines: 100, running: 60, counted: rider }) : []),
    signal(isSurveyed ? price : { ...price, riders: [rider] }),
    ...activity("recordDecision", isSurveyed ? 6 : 4, record, { recordHash: sha256Hex(recordText(record)) }),
  ].map((event, i) => ({ eventId: i + 1, ...event }));
  const log = new LayerLog("decisions", "");
  new DecisionCheck(log).onRun({ run: { file: "runs/1.json" }, events } as unknown as OpenedRun);
  expect(log.checked).toBeGreaterThan(5);
  return log.findings.map(({ where, expected, found }) => `${where}: ${expected} | ${found}`);
}

it("the stamp of a count that rode with a price is the moment at which it was made; another one is found", () => {
  expect(findings(survey)).toEqual([]);
  for (const seconds of [-1, 1, 3600])
    expect(findings({ ...survey, at: addSeconds(counted, seconds) }).join("\n")).toMatch(
      /decision 1 inputIds: fleet-able\/.* as a site takes it up \| fleet-able: at is .*; expected 2024-08-20T23:35:00/,
    );
  const both = { at: addSeconds(counted, -1), observedAt: addSeconds(counted, -1) };
  expect(findings({ ...survey, ...both }).join("\n")).toMatch(/fleetAble\.observedAt/);
});

it("what the survey before the first decision counted is an input of it; another count is found", () => {
  expect(findings(survey, true)).toEqual([]);
  const more = { ...survey, cohorts: [{ cohortId: "a", machines: 61 }] };
  expect(findings(more, true).join("\n")).toMatch(/fleetAble\.cohorts/);
});

import { describe, expect, it } from "vitest";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import type { SitePlan } from "../../src/domain/decision/model.ts";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import { planText } from "../../src/domain/evidence/recordText.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { DecisionCheck } from "../../src/replay/layers/decisions.ts";
import type { OpenedRun } from "../../src/replay/openRun.ts";
import { site } from "../domain/decision/site.ts";

const plan = site();
const dispatch = { batchSize: 100, deadlineSeconds: 600, redrivesMax: 1 };
const state = initialSiteState(plan);
const RECOVERED = { runId: "run-1", cause: "terminated", actor: "ballast" };

function run(file: string, given: Partial<{ plan: SitePlan; dispatch: object; recovered: object }>): OpenedRun {
  const start = { plan, dispatch, ruleSet: RULE_SET, state, pending: [], ...given };
  const value = { ...start, planHash: sha256Hex(planText(start.plan)) };
  const payload = {
    metadata: { encoding: Buffer.from("json/plain").toString("base64") },
    data: Buffer.from(JSON.stringify(value)).toString("base64"),
  };
  const started = {
    eventId: 1,
    type: "WORKFLOW_EXECUTION_STARTED",
    attributes: { input: { payloads: [payload] } },
  };
  return { run: { file }, events: [started] } as unknown as OpenedRun;
}

/** What the audit says of a second run that begins so, after one under the plan and settings above. */
function audited(second: Parameters<typeof run>[1]): { findings: string[]; notes: readonly string[] } {
  const log = new LayerLog("decisions", "test");
  const check = new DecisionCheck(log);
  check.onRun(run("run-1", {}));
  check.onRun(run("run-2", second));
  return { findings: log.findings.map(({ where, found }) => `${where}: ${found}`), notes: log.notes };
}

describe("a run that no operator's update configured", () => {
  it("under the plan and the dispatch settings of the run before is in order", () => {
    expect(audited({})).toEqual({ findings: [], notes: [] });
  });

  it("with other dispatch settings is found, though plan and plan hash are the same", () => {
    const { findings } = audited({ dispatch: { ...dispatch, deadlineSeconds: 6_000 } });
    expect(findings).toEqual(['run-2 dispatch: {"batchSize":100,"deadlineSeconds":6000,"redrivesMax":1}']);
  });

  it("that came back after a termination under another plan is found: nobody may bring one in so", () => {
    const other = { ...plan, singleSourceMwMax: plan.singleSourceMwMax * 2 };
    expect(audited({ plan: other, recovered: RECOVERED }).findings).toEqual([
      `run-2 plan: ${sha256Hex(planText(other))}`,
    ]);
  });

  it("that came back under tighter lock-outs, which a start takes up at once, is told with what is tighter", () => {
    const tighter = {
      ...plan,
      control: "advise" as const,
      cohorts: plan.cohorts.map((one) => ({ ...one, lockedOut: true })),
    };
    const { findings, notes } = audited({ plan: tighter, recovered: RECOVERED });
    expect(findings).toEqual([]);
    expect(notes.join("\n")).toMatch(
      /came back under plan .*: control of the site: advise; a is locked out; nobody signed/,
    );
  });
});

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import type { RunSiteInput } from "../../workflows/contracts.ts";
import { site } from "../domain/decision/site.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
/** 11:30 Central, in summer: half a day and half an hour before midnight. */
const START_MS = Date.parse("2026-06-09T16:30:00Z");

const firstRun = (clock: RunSiteInput["clock"]): RunSiteInput => ({
  plan: site(),
  planHash: "0".repeat(64),
  ruleSet: RULE_SET,
  clock,
  dispatch: {
    batchSize: 4,
    deadlineSeconds: 300,
    settleDownSeconds: 30,
    settleUpSeconds: 30,
    redrivesMax: 2,
    abandonedControlSeconds: 0,
  },
  operatingDay: "2026-06-09",
  state: initialSiteState(site()),
  pending: [],
});

/** Minutes from the start of a site's first run to the look that its timer was started for. */
async function minutesToNextLook(clock: RunSiteInput["clock"]): Promise<number | undefined> {
  const run = await runByHand({
    workflowsPath,
    workflowType: "runSite",
    workflowId: "site/pecan-draw",
    activities: ["recordDecision", "exportRun", "surveyFleet"],
    startMs: START_MS,
  });
  const start = firstRun(clock);
  const id = { workflowId: "site/pecan-draw", workflowType: "runSite" };
  try {
    await run.step(START_MS, [{ initializeWorkflow: { ...id, arguments: payloadsOf(start) } }]);
    const surveyed = { completed: { result: payloadsOf({ machines: 100, running: 100 })[0] } };
    const commands = await run.step(START_MS, [{ resolveActivity: { seq: 1, result: surveyed } }]);
    const timer = commands.find(({ startTimer }) => startTimer)?.startTimer?.startToFireTimeout;
    return timer ? Number(timer.seconds) / 60 : undefined;
  } finally {
    await run.close();
  }
}

it("looks again at Central midnight of market time: 12 h 30 min away, or 20 minutes where it is 23:40", async () => {
  expect(await minutesToNextLook({ kind: "real" })).toBe(12.5 * 60);
  expect(await minutesToNextLook({ kind: "real", offsetMs: (12 * 60 + 10) * 60_000 })).toBe(20);
  expect(await minutesToNextLook({ kind: "paced" })).toBeUndefined();
});

it("ends though an activity that an operator's request waits for never returns: refused after 20 s, and the next run starts", async () => {
  const run = await runByHand({
    workflowsPath,
    workflowType: "runSite",
    workflowId: "site/pecan-draw",
    activities: ["recordDecision", "exportRun", "surveyFleet", "admitOperator", "keepFreeze"],
    startMs: START_MS,
  });
  const start = { ...firstRun({ kind: "paced" }) };
  const id = { workflowId: "site/pecan-draw", workflowType: "runSite" };
  const at = "2026-06-09T16:31:00.000Z";
  const proof = { keyId: "0".repeat(16), nonce: "n".repeat(22), signedAt: at, signature: `${"s".repeat(86)}==` };
  const freeze = { kind: "freeze", id: "freeze/1", at, actor: "maria", reason: "electricians", proof };
  const wake = { kind: "wake", id: "wake/1", at: "2026-06-10T05:00:00.000Z" };
  const completed = (value: unknown) => ({ completed: { result: payloadsOf(value)[0] } });
  try {
    await run.step(START_MS, [{ initializeWorkflow: { ...id, arguments: payloadsOf(start) } }]);
    await run.step(START_MS, [{ resolveActivity: { seq: 1, result: completed({ machines: 100, running: 100 }) } }]);
    const update = {
      id: "u1",
      protocolInstanceId: "u1",
      name: "freezeCommands",
      input: payloadsOf(freeze),
      runValidator: true,
    };
    const asked = await run.step(START_MS + 1_000, [{ doUpdate: update }]);
    const admitting = asked.find(({ scheduleActivity }) => scheduleActivity)!.scheduleActivity!;
    expect(admitting.activityType).toBe("admitOperator");
    const admitted = { resolveActivity: { seq: admitting.seq, result: completed({ kind: "admitted" }) } };
    const keeping = await run.step(START_MS + 2_000, [admitted]);
    expect(keeping.map(({ scheduleActivity }) => scheduleActivity?.activityType)).toEqual(["keepFreeze"]);
    const closing = await run.step(START_MS + 3_000, [
      { signalWorkflow: { signalName: "siteInput", input: payloadsOf(wake) } },
    ]);
    const timer = closing.find(({ startTimer }) => startTimer)!.startTimer!;
    expect(Number(timer.startToFireTimeout!.seconds)).toBe(20);
    const answered = await run.step(START_MS + 23_000, [{ fireTimer: { seq: timer.seq } }]);
    expect(answered.flatMap(({ updateResponse }) => updateResponse?.rejected?.message ?? [])).toEqual([
      "Order refused: the run ended before it was known what became of this; see ballast status, and ask again.",
    ]);
    const last = answered.find(({ startTimer }) => startTimer)!.startTimer!;
    const ended = await run.step(START_MS + 23_010, [{ fireTimer: { seq: last.seq } }]);
    expect(ended.some(({ continueAsNewWorkflowExecution }) => continueAsNewWorkflowExecution)).toBe(true);
  } finally {
    await run.close();
  }
});

it("is the site's last run once it is retired: who waits is answered, its evidence is exported, and no run follows", async () => {
  const run = await runByHand({
    workflowsPath,
    workflowType: "runSite",
    workflowId: "site/pecan-draw",
    activities: ["recordDecision", "exportRun", "surveyFleet", "admitOperator", "keepRetirement"],
    startMs: START_MS,
  });
  const id = { workflowId: "site/pecan-draw", workflowType: "runSite" };
  const at = "2026-06-09T16:31:00.000Z";
  const proof = { keyId: "0".repeat(16), nonce: "n".repeat(22), signedAt: at, signature: `${"s".repeat(86)}==` };
  const asking = (reason: string, updateId: string) => ({
    id: updateId,
    protocolInstanceId: updateId,
    name: "retire",
    input: payloadsOf({ id: `retire/${updateId}`, at, actor: "maria", reason, proof }),
    runValidator: true,
  });
  const completed = (value: unknown) => ({ completed: { result: payloadsOf(value)[0] } });
  try {
    await run.step(START_MS, [{ initializeWorkflow: { ...id, arguments: payloadsOf(firstRun({ kind: "paced" })) } }]);
    await run.step(START_MS, [{ resolveActivity: { seq: 1, result: completed({ machines: 100, running: 100 }) } }]);
    const refused = await run.step(START_MS + 500, [{ doUpdate: asking("", "u0") }]);
    expect(refused.flatMap(({ updateResponse }) => updateResponse?.rejected?.message ?? [])).toEqual([
      expect.stringContaining("Order refused: "),
    ]);
    const asked = await run.step(START_MS + 1_000, [{ doUpdate: asking("lease ended", "u1") }]);
    const { seq } = asked.find(({ scheduleActivity }) => scheduleActivity)!.scheduleActivity!;
    const keeping = await run.step(START_MS + 2_000, [
      { resolveActivity: { seq, result: completed({ kind: "admitted" }) } },
    ]);
    const kept = keeping.find(({ scheduleActivity }) => scheduleActivity)!.scheduleActivity!;
    expect(kept.activityType).toBe("keepRetirement");
    const answered = await run.step(START_MS + 3_000, [
      { resolveActivity: { seq: kept.seq, result: completed(undefined) } },
    ]);
    expect(answered.some(({ updateResponse }) => updateResponse?.completed)).toBe(true);
    const last = answered.find(({ startTimer }) => startTimer)!.startTimer!;
    const exporting = await run.step(START_MS + 3_010, [{ fireTimer: { seq: last.seq } }]);
    const child = exporting.find(({ startChildWorkflowExecution: one }) => one)!.startChildWorkflowExecution!;
    expect(child.workflowType).toBe("exportEvidence");
    const started = { seq: child.seq, succeeded: { runId: "export" } };
    const ended = await run.step(START_MS + 3_020, [{ resolveChildWorkflowExecutionStart: started }]);
    expect(ended.map((command) => Object.keys(command)[0])).toEqual(["completeWorkflowExecution"]);
  } finally {
    await run.close();
  }
});

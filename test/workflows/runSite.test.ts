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

/** Minutes from the start of a site's first run to the look that its timer was started for. */
async function minutesToNextLook(clock: RunSiteInput["clock"]): Promise<number | undefined> {
  const run = await runByHand({
    workflowsPath,
    workflowType: "runSite",
    workflowId: "site/pecan-draw",
    activities: ["recordDecision", "exportRun", "surveyFleet"],
    startMs: START_MS,
  });
  const start: RunSiteInput = {
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
  };
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

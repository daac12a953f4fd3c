import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import { msOfInstant } from "../../src/domain/units/instant.ts";
import type { RunSiteInput } from "../../workflows/contracts.ts";
import type { Action } from "./actionCount.ts";
import { payloadsOf, runByHand } from "./workflowHarness.ts";

const WORKFLOWS = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
/** From an activity's start to its end, and from a signal's sending to its arrival. */
const ACTIVITY_MS = 50;
const SIGNAL_MS = 20;

/**
 * The same day's inputs given to the same workflow code on the real clock, with its own timers, step by step and
 * without a server: a day of real timers would take a day. What it asks for is counted; wakes of the paced clock are
 * left out, its timers take their place.
 */
export async function realClockDay(start: RunSiteInput, inputs: readonly SiteInput[]): Promise<Action[]> {
  const first = inputs[0];
  if (first === undefined) throw new Error("a day without inputs");
  const startMs = msOfInstant(first.at);
  const run = await runByHand({
    workflowsPath: WORKFLOWS,
    workflowType: "runSite",
    workflowId: `site/${start.plan.siteId}`,
    activities: ["recordDecision", "surveyFleet"],
    startMs,
  });
  const actions: Action[] = [{ kind: "start", what: "run" }];
  const agenda: { readonly atMs: number; readonly job: Job; readonly action?: Action; readonly timer?: number }[] = [
    {
      atMs: startMs,
      job: {
        initializeWorkflow: {
          workflowId: `site/${start.plan.siteId}`,
          workflowType: "runSite",
          arguments: payloadsOf({ ...start, clock: { kind: "real" } }),
          randomnessSeed: 7,
        },
      },
    },
    ...inputs
      .filter(({ kind }) => kind !== "wake")
      .map((input) => ({
        atMs: msOfInstant(input.at) + SIGNAL_MS,
        job: { signalWorkflow: { signalName: "siteInput", input: payloadsOf(input) } },
        action: { kind: "signal", what: input.kind } as const,
      })),
  ];
  const cancelled = new Set<number>();
  try {
    while (agenda.length > 0) {
      agenda.sort((a, b) => a.atMs - b.atMs);
      const next = agenda.shift() as (typeof agenda)[number];
      if (next.timer !== undefined && cancelled.has(next.timer)) continue;
      if (next.action) actions.push(next.action);
      for (const command of await run.step(next.atMs, [next.job as never])) {
        if (command.startTimer) {
          const { seq, startToFireTimeout } = command.startTimer;
          if (!startToFireTimeout) throw new Error(`timer ${seq} has no duration`);
          // In protobuf a part that is not there is 0.
          const ms = Number(startToFireTimeout.seconds ?? 0) * 1000 + (startToFireTimeout.nanos ?? 0) / 1_000_000;
          actions.push({ kind: "timer", what: "next look" });
          agenda.push({ atMs: next.atMs + ms, job: { fireTimer: { seq } }, timer: seq as number });
        } else if (command.cancelTimer) cancelled.add(command.cancelTimer.seq as number);
        else if (command.scheduleActivity) {
          const { seq, activityType } = command.scheduleActivity;
          actions.push({ kind: "activity", what: activityType as string });
          agenda.push({
            atMs: next.atMs + ACTIVITY_MS,
            job: {
              resolveActivity: {
                seq,
                result: { completed: { result: payloadsOf(resultOf(activityType as string, seq as number))[0] } },
              },
            },
          });
        } else if (command.upsertWorkflowSearchAttributes)
          actions.push({ kind: "search attributes", what: "mode shown" });
        else if (command.startChildWorkflowExecution) throw new Error("a quiet day started a dispatch");
        else if (command.continueAsNewWorkflowExecution) return actions;
        else if (command.failWorkflowExecution)
          throw new Error(`runSite failed: ${command.failWorkflowExecution.failure?.message}`);
      }
    }
    throw new Error("the day's run did not close");
  } finally {
    await run.close();
  }
}

type Job = Readonly<Record<string, object>>;

function resultOf(activity: string, seq: number): object {
  if (activity === "recordDecision") return { recordHash: createHash("sha256").update(String(seq)).digest("hex") };
  if (activity === "surveyFleet") return { machines: 0, running: 0 };
  throw new Error(`the day asked for ${activity}`);
}

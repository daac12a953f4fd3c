import { fileURLToPath } from "node:url";
import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";
import { SETTLEMENT_OPEN_SECONDS, type SettleDayInput } from "../../workflows/contracts.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const START = Date.parse("2026-08-19T06:20:00Z");
const DAY_MS = 86_400_000;
const input: SettleDayInput = {
  siteId: "north",
  operatingDay: "2026-08-18",
  openSeconds: SETTLEMENT_OPEN_SECONDS,
};
const value = <T>(payload: unknown): T => defaultPayloadConverter.fromPayload<T>(payload as Payload);

/** What one life of a settlement did, over all its runs. */
interface Life {
  /** `why` of each version settled, in order. */
  readonly settled: string[];
  readonly runs: number;
  readonly endedAtMs: number;
}

/** A step of the outside world: a correction that arrives, a settlement that is answered, time that passes. */
type Move =
  | { readonly kind: "ask" }
  | { readonly kind: "answer"; readonly suggested: boolean; readonly refused?: true }
  | { readonly kind: "day" };

/** Steps a settlement by hand through every run until it closes; after the moves it is left alone. */
async function live(moves: readonly Move[], start: SettleDayInput = input): Promise<Life> {
  const settled: string[] = [];
  let runs = 0;
  let asked = 0;
  let nowMs = START;
  const left = [...moves];
  for (let next: SettleDayInput | undefined = start; next !== undefined;) {
    runs++;
    if (runs > 60) throw new Error("the settlement never ends");
    const run = await runByHand({
      workflowsPath,
      workflowType: "settleDay",
      workflowId: "settlement/north/2026-08-18",
      activities: ["settleVersion"],
      startMs: nowMs,
    });
    let pending: { seq: number; why: string } | undefined;
    let timer: { seq: number; dueMs: number } | undefined;
    let ended: SettleDayInput | "closed" | undefined;
    const step = async (jobs: Parameters<typeof run.step>[1], suggested = false): Promise<void> => {
      for (const command of await run.step(nowMs, jobs, suggested)) {
        if (command.scheduleActivity) {
          const [order] = command.scheduleActivity.arguments ?? [];
          pending = { seq: command.scheduleActivity.seq as number, why: value<{ why: string }>(order).why };
        }
        if (command.startTimer)
          timer = {
            seq: command.startTimer.seq as number,
            dueMs: nowMs + Number(command.startTimer.startToFireTimeout?.seconds) * 1000,
          };
        if (command.cancelTimer) timer = undefined;
        if (command.completeWorkflowExecution) ended = "closed";
        const again = command.continueAsNewWorkflowExecution;
        if (again) ended = value<SettleDayInput>((again.arguments ?? [])[0]);
      }
    };
    await step([
      {
        initializeWorkflow: {
          workflowId: "settlement/north/2026-08-18",
          workflowType: "settleDay",
          arguments: payloadsOf(next),
        },
      },
    ]);
    while (ended === undefined) {
      const move: Move = left.shift() ?? (pending ? { kind: "answer", suggested: false } : { kind: "day" });
      if (move.kind === "ask") {
        asked++;
        const request = { id: `price/${asked}`, kind: "resettlement", why: `correction ${asked}` };
        await step([{ signalWorkflow: { signalName: "settleAgain", input: payloadsOf(request) } }]);
      } else if (move.kind === "answer" && pending) {
        const { seq, why } = pending;
        pending = undefined;
        settled.push(why);
        const result = payloadsOf({ version: settled.length, missing: 0 })[0];
        const refusal = { applicationFailureInfo: { type: "SettlementRefused", nonRetryable: true } };
        const failure = {
          message: "activity failed",
          activityFailureInfo: { activityType: { name: "settleVersion" } },
          cause: { message: "refused", ...refusal },
        };
        const answer = move.refused ? { failed: { failure } } : { completed: { result } };
        await step([{ resolveActivity: { seq, result: answer } }], move.suggested);
      } else if (move.kind === "day" && timer && !pending) {
        nowMs = Math.min(nowMs + DAY_MS, timer.dueMs);
        const { seq, dueMs } = timer;
        if (nowMs < dueMs) continue;
        timer = undefined;
        await step([{ fireTimer: { seq } }]);
      }
    }
    await run.close();
    next = ended === "closed" ? undefined : ended;
  }
  return { settled, runs, endedAtMs: nowMs };
}

describe("the settlement of a day that stays open for 200 days", () => {
  it("left alone closes after 200 days, in seven runs of a month at most", async () => {
    const life = await live([]);
    expect(life.settled).toEqual(["day closed"]);
    expect((life.endedAtMs - START) / DAY_MS).toBe(200);
    expect(life.runs).toBe(7);
  }, 60_000);

  it("stays open for 200 days after a correction on day 100", async () => {
    const hundredDays: Move[] = Array.from({ length: 100 }, () => ({ kind: "day" as const }));
    const life = await live([{ kind: "answer", suggested: false }, ...hundredDays, { kind: "ask" }]);
    expect(life.settled).toEqual(["day closed", "correction 1"]);
    expect(Math.floor((life.endedAtMs - START) / DAY_MS)).toBe(300);
  }, 60_000);

  it("settles every correction once and in order, wherever the server suggests a new run", async () => {
    const move = fc.oneof(
      fc.constant<Move>({ kind: "ask" }),
      fc.record({ kind: fc.constant("answer" as const), suggested: fc.boolean() }),
      fc.constant<Move>({ kind: "day" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 14 }), async (moves) => {
        const asks = moves.filter(({ kind }) => kind === "ask").length;
        const { settled } = await live(moves, { ...input, openSeconds: 20 * 86_400 });
        expect(settled).toEqual(["day closed", ...Array.from({ length: asks }, (_, i) => `correction ${i + 1}`)]);
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it("stays open for the next correction after one that the rules refuse, and settles that", async () => {
    const life = await live([
      { kind: "answer", suggested: false, refused: true },
      { kind: "ask" },
      { kind: "answer", suggested: false },
    ]);
    expect(life.settled).toEqual(["day closed", "correction 1"]);
    expect((life.endedAtMs - START) / DAY_MS).toBe(200);
  }, 60_000);
});

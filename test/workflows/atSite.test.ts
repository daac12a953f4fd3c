import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { defaultPayloadConverter } from "@temporalio/common";
import { type HandRun, payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const START = Date.parse("2026-06-09T12:00:00Z");
let run: HandRun;

type Commands = Awaited<ReturnType<HandRun["step"]>>;

async function begin(workflowType: string, workflowId: string, input: object): Promise<Commands> {
  const activities = ["readRegisters", "openDispatch", "closeDispatch", "noteUntaken", "answerAtSite"];
  run = await runByHand({ workflowsPath, workflowType, workflowId, activities, startMs: START });
  const args = payloadsOf(input);
  return run.step(START, [{ initializeWorkflow: { workflowId, workflowType, arguments: args } }]);
}

/** What is asked of whom, with what, and for how many seconds it waits for somebody to take it. */
const asked = (commands: Commands) =>
  commands.flatMap(({ scheduleActivity: one }) =>
    one
      ? [
          {
            what: one.activityType,
            queue: one.taskQueue,
            takenWithinSeconds: one.scheduleToStartTimeout ? Number(one.scheduleToStartTimeout.seconds) : undefined,
            input: one.arguments?.map((argument) => defaultPayloadConverter.fromPayload(argument as never))[0],
          },
        ]
      : [],
  );
const answered = (seq: number, value: unknown) => ({
  resolveActivity: { seq, result: { completed: { result: payloadsOf(value)[0] } } },
});
/** As the server ends an activity that no worker has taken in its time. */
const untaken = (seq: number) => ({
  resolveActivity: {
    seq,
    result: {
      failed: {
        failure: {
          message: "activity error",
          activityFailureInfo: { activityId: String(seq), activityType: { name: "any" } },
          cause: { message: "activity timeout", timeoutFailureInfo: { timeoutType: 2 } },
        },
      },
    },
  },
});
const endOf = (commands: Commands) => commands.map((command) => Object.keys(command)[0]);

describe("work at a site's own machines and meters, its workflow stepped by hand", () => {
  afterEach(() => run.close());

  it("goes to the site's own queue; taken by nobody for a minute it is noted on the book's, and asked for again until it is taken", async () => {
    const registers = { feedId: "registers/north", kind: "registers", operatingDay: "2026-06-09", siteIds: ["north"] };
    const first = asked(await begin("watchFeed", "feed/north/registers", registers));
    const bookQueue = String(first[0]?.queue).replace(/\/site\/north$/, "");
    expect(first).toEqual([
      {
        what: "readRegisters",
        queue: `${bookQueue}/site/north`,
        takenWithinSeconds: 60,
        input: { feedId: "registers/north", siteIds: ["north"] },
      },
    ]);
    const noted = asked(await run.step(START + 60_000, [untaken(1)]));
    expect(noted).toMatchObject([
      { what: "noteUntaken", queue: bookQueue, input: { siteId: "north", feedId: "registers/north", isMeter: true } },
    ]);
    const call = asked(await run.step(START + 60_100, [answered(2, { isOver: false })]));
    expect(call).toEqual([{ what: "answerAtSite", queue: `${bookQueue}/site/north`, takenWithinSeconds: 600 }]);
    expect(asked(await run.step(START + 660_000, [untaken(3)]))).toMatchObject([
      { what: "noteUntaken", input: { absence: 1 } },
    ]);
    expect(asked(await run.step(START + 660_100, [answered(4, { isOver: false })]))).toEqual(call);
    expect(asked(await run.step(START + 700_000, [answered(5, undefined)]))).toMatchObject([
      { what: "readRegisters", queue: `${bookQueue}/site/north`, takenWithinSeconds: 60, input: { wasUntaken: true } },
    ]);
  });

  it("is noted within a minute again where whoever came takes it, dies and stays away: another absence", async () => {
    const registers = { feedId: "registers/north", kind: "registers", operatingDay: "2026-06-09", siteIds: ["north"] };
    await begin("watchFeed", "feed/north/registers", registers);
    await run.step(START + 60_000, [untaken(1)]);
    await run.step(START + 60_100, [answered(2, { isOver: false })]);
    const [taken] = asked(await run.step(START + 70_000, [answered(3, undefined)]));
    expect(taken).toMatchObject({ what: "readRegisters", takenWithinSeconds: 60 });
    // The server asks again for what a dead process left, and gives each try the same time to be taken.
    const noted = asked(await run.step(START + 3_600_000, [untaken(4)]));
    expect(noted).toMatchObject([{ what: "noteUntaken", input: { feedId: "registers/north", absence: 2 } }]);
    expect(endOf(await run.step(START + 3_600_100, [answered(5, { isOver: true })]))).toEqual([
      "completeWorkflowExecution",
    ]);
  });

  it("ends a dispatch that nobody at the site opened once a newer decision has overtaken it: superseded, not confirmed", async () => {
    const plan = { siteId: "north", revision: 7, decidedAt: "2026-06-09T11:59:00.000Z", targets: [], batchSize: 20 };
    const settings = { settleUpSeconds: 150, settleDownSeconds: 15, redrivesMax: 3, abandonedControlSeconds: 0 };
    const opening = asked(await begin("dispatchTarget", "dispatch/north/7", { plan, settings }));
    expect(opening).toMatchObject([{ what: "openDispatch", takenWithinSeconds: 60 }]);
    const noted = asked(await run.step(START + 60_000, [untaken(1)]));
    expect(noted).toMatchObject([{ what: "noteUntaken", input: { siteId: "north", revision: 7 } }]);
    const closing = asked(await run.step(START + 60_100, [answered(2, { isOver: true })]));
    expect(closing).toMatchObject([{ what: "closeDispatch", input: { revision: 7, outcome: "superseded" } }]);
  });

  it("is not asked for again where it failed in another way than by being left: the failure stands", async () => {
    const plan = { siteId: "north", revision: 7, decidedAt: "2026-06-09T11:59:00.000Z", targets: [], batchSize: 20 };
    await begin("dispatchTarget", "dispatch/north/7", { plan, settings: {} });
    const late = untaken(1);
    late.resolveActivity.result.failed.failure.cause.timeoutFailureInfo.timeoutType = 1;
    expect(endOf(await run.step(START + 60_000, [late]))).toEqual(["failWorkflowExecution"]);
  });
});

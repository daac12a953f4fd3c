import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { defaultPayloadConverter } from "@temporalio/common";
import { type HandRun, payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";
import type { WatchFeedInput } from "../../workflows/contracts.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const START = Date.parse("2026-06-09T12:00:00Z");
const input: WatchFeedInput = {
  feedId: "sced-lmp/HB_WEST",
  kind: "market",
  operatingDay: "2026-06-09",
  siteIds: ["north", "south"],
  watchdog: { seconds: 660, silentAs: "sced-lmp", clock: { kind: "real" } },
};

let run: HandRun;

async function begin(start: WatchFeedInput): Promise<Awaited<ReturnType<HandRun["step"]>>> {
  run = await runByHand({
    workflowsPath,
    workflowType: "watchFeed",
    workflowId: "feed/sced-lmp/HB_WEST",
    activities: ["awaitPublication", "readRegisters"],
    startMs: START,
  });
  return run.step(START, [
    {
      initializeWorkflow: {
        workflowId: "feed/sced-lmp/HB_WEST",
        workflowType: "watchFeed",
        arguments: payloadsOf(start),
      },
    },
  ]);
}

const published = {
  resolveActivity: { seq: 1, result: { completed: { result: payloadsOf({ operatingDay: "2026-06-09" })[0] } } },
};

describe("a feed on the real clock, its workflow stepped by hand", () => {
  afterEach(() => run.close());

  it("asks its activity for the next publication and is patient for the feed's silence and a minute", async () => {
    const commands = await begin(input);
    expect(commands.map((command) => Object.keys(command).find((key) => key !== "userMetadata")).sort()).toEqual([
      "scheduleActivity",
      "startTimer",
    ]);
    expect(Number(commands.find(({ startTimer }) => startTimer)?.startTimer?.startToFireTimeout?.seconds)).toBe(660);
  });

  it("tells every site itself when nothing is heard of the activity, and goes on waiting for it", async () => {
    await begin(input);
    const commands = await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }]);
    const told = commands.flatMap(({ signalExternalWorkflowExecution: signal }) =>
      signal
        ? [
            {
              to: signal.workflowExecution?.workflowId,
              ...(defaultPayloadConverter.fromPayload(signal.args?.[0] as never) as object),
            },
          ]
        : [],
    );
    expect(told).toEqual(
      ["site/north", "site/south"].map((to) => ({
        to,
        kind: "feed-silent",
        feed: "sced-lmp",
        at: "2026-06-09T12:11:00.000Z",
        id: "feed-silent/sced-lmp/HB_WEST/2026-06-09T12:11:00.000Z",
      })),
    );
    const sent = commands.flatMap(({ signalExternalWorkflowExecution: signal }) =>
      signal ? [{ resolveSignalExternalWorkflow: { seq: signal.seq } }] : [],
    );
    await run.step(START + 661_000, sent);
    const again = await run.step(START + 900_000, [published]);
    expect(again.flatMap(({ scheduleActivity }) => scheduleActivity?.activityType ?? [])).toEqual(["awaitPublication"]);
  });

  it("says when in market time: a run that is set an hour back tells at 11:11 what happens at 12:11", async () => {
    const clock = { kind: "real", offsetMs: -3_600_000 } as const;
    await begin({ ...input, watchdog: { seconds: 660, silentAs: "sced-lmp", clock } });
    const commands = await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }]);
    const told = commands.flatMap(({ signalExternalWorkflowExecution: signal }) =>
      signal ? [(defaultPayloadConverter.fromPayload(signal.args?.[0] as never) as { at: string }).at] : [],
    );
    expect(told).toEqual(["2026-06-09T11:11:00.000Z", "2026-06-09T11:11:00.000Z"]);
  });

  it("tells nobody when the publication comes in time", async () => {
    await begin(input);
    const commands = await run.step(START + 300_000, [published]);
    expect(commands.some(({ cancelTimer }) => cancelTimer)).toBe(true);
    expect(commands.some(({ signalExternalWorkflowExecution }) => signalExternalWorkflowExecution)).toBe(false);
    expect(commands.flatMap(({ scheduleActivity }) => scheduleActivity?.activityType ?? [])).toEqual([
      "awaitPublication",
    ]);
  });

  it("starts no timer on a paced clock, which has no watchdog", async () => {
    const commands = await begin({ ...input, watchdog: undefined });
    expect(commands.filter(({ startTimer }) => startTimer)).toEqual([]);
  });
});

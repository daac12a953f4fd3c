import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { defaultPayloadConverter } from "@temporalio/common";
import { type HandRun, payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";
import type { FeedWatchdog, WatchFeedInput } from "../../workflows/contracts.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const START = Date.parse("2026-06-09T12:00:00Z");
const input: WatchFeedInput = {
  feedId: "sced-lmp/HB_WEST",
  kind: "market",
  operatingDay: "2026-06-09",
  siteIds: ["north", "south"],
  watchdog: { seconds: 660, graceSeconds: 60, hearEverySeconds: 400, silentAs: "sced-lmp", clock: { kind: "real" } },
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

type Commands = Awaited<ReturnType<HandRun["step"]>>;

/** The activity comes back; what the feed last said is older than its limit when `silent`. */
const returned = (seq: number, silent = false, operatingDay = "2026-06-09") => ({
  resolveActivity: { seq, result: { completed: { result: payloadsOf({ operatingDay, silent })[0] } } },
});
const signalled = (commands: Commands) =>
  commands.flatMap(({ signalExternalWorkflowExecution: signal }) =>
    signal
      ? [
          {
            to: signal.workflowExecution?.workflowId,
            ...(defaultPayloadConverter.fromPayload(signal.args?.[0] as never) as object),
          },
        ]
      : [],
  );
/** The signals have arrived. */
const delivered = (commands: Commands) =>
  commands.flatMap(({ signalExternalWorkflowExecution: signal }) =>
    signal ? [{ resolveSignalExternalWorkflow: { seq: signal.seq } }] : [],
  );
const activities = (commands: Commands): unknown[] =>
  commands.flatMap(({ scheduleActivity }) => scheduleActivity?.activityType ?? []);
const timers = (commands: Commands): number[] =>
  commands.flatMap(({ startTimer }) => (startTimer ? [Number(startTimer.startToFireTimeout?.seconds)] : []));

describe("a feed on the real clock, its workflow stepped by hand", () => {
  afterEach(() => run.close());

  it("asks its activity for the next publication and is patient for the feed's silence and a minute", async () => {
    const commands = await begin(input);
    expect(activities(commands)).toEqual(["awaitPublication"]);
    expect(timers(commands)).toEqual([660]);
  });

  it("asks to hear of it every 400 s, news or not: a good poll that finds nothing is a sign of life too", async () => {
    const [asked] = (await begin(input)).flatMap(({ scheduleActivity }) => scheduleActivity?.arguments ?? []);
    expect(defaultPayloadConverter.fromPayload(asked as never)).toEqual({
      feedId: "sced-lmp/HB_WEST",
      siteIds: ["north", "south"],
      hearEverySeconds: 400,
    });
  });

  it("tells every site itself when nothing is heard of the activity, once, and goes on waiting for it", async () => {
    await begin(input);
    const commands = await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }]);
    expect(signalled(commands)).toEqual(
      ["site/north", "site/south"].map((to) => ({
        to,
        kind: "feed-silent",
        feed: "sced-lmp",
        source: "sced-lmp/HB_WEST",
        at: "2026-06-09T12:11:00.000Z",
        id: "feed-silent/sced-lmp/HB_WEST/2026-06-09T12:11:00.000Z",
      })),
    );
    const after = await run.step(START + 661_000, delivered(commands));
    expect([timers(after), activities(after)]).toEqual([[], []]);
  });

  it("says when in market time: a run that is set an hour back tells at 11:11 what happens at 12:11", async () => {
    const clock = { kind: "real", offsetMs: -3_600_000 } as const;
    await begin({
      ...input,
      watchdog: { seconds: 660, graceSeconds: 60, hearEverySeconds: 400, silentAs: "sced-lmp", clock },
    });
    const commands = await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }]);
    expect(signalled(commands).map((told) => (told as unknown as { at: string }).at)).toEqual([
      "2026-06-09T11:11:00.000Z",
      "2026-06-09T11:11:00.000Z",
    ]);
  });

  it("tells every site of the end of a silence that it told of, as soon as the activity finds the feed speaking", async () => {
    await begin(input);
    await run.step(START + 661_000, delivered(await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }])));
    const commands = await run.step(START + 900_000, [returned(1)]);
    expect(signalled(commands)).toEqual(
      ["site/north", "site/south"].map((to) => ({
        to,
        kind: "feed-restored",
        feed: "sced-lmp",
        source: "sced-lmp/HB_WEST",
        at: "2026-06-09T12:15:00.000Z",
        id: "feed-restored/sced-lmp/HB_WEST/2026-06-09T12:15:00.000Z",
      })),
    );
    const after = await run.step(START + 900_100, delivered(commands));
    expect([activities(after), timers(commands)]).toEqual([["awaitPublication"], [660]]);
  });

  it("waits with the end of the silence while the activity finds the feed silent too, over midnight as well", async () => {
    await begin(input);
    await run.step(START + 661_000, delivered(await run.step(START + 660_000, [{ fireTimer: { seq: 1 } }])));
    const silent = await run.step(START + 900_000, [returned(1, true)]);
    expect([signalled(silent), activities(silent)]).toEqual([[], ["awaitPublication"]]);
    const midnight = await run.step(START + 61_200_000, [returned(2, true, "2026-06-10")]);
    const next = midnight.flatMap(({ continueAsNewWorkflowExecution: one }) =>
      one ? [defaultPayloadConverter.fromPayload<WatchFeedInput>(one.arguments?.[0] as never)] : [],
    );
    expect(next.map(({ operatingDay, watchdog }) => [operatingDay, watchdog?.told])).toEqual([
      ["2026-06-10", ["north", "south"]],
    ]);
    await run.close();
    await begin(next[0] as WatchFeedInput);
    expect(signalled(await run.step(START + 61_300_000, [returned(1, false, "2026-06-10")]))).toHaveLength(2);
  });

  it("tells nobody anything over a quiet day: each return of the activity is a sign of life, on one timer at a time", async () => {
    await begin(input);
    let [timer, activity, startedTimers] = [1, 1, 1];
    let [nextReturn, nextRing] = [400, 660];
    while (nextReturn < 12 * 3_600) {
      const isReturn = nextReturn <= nextRing;
      const at = START + (isReturn ? nextReturn : nextRing) * 1000;
      const commands = await run.step(at, [isReturn ? returned(activity) : { fireTimer: { seq: timer } }]);
      expect(signalled(commands)).toEqual([]);
      const started = timers(commands);
      if (isReturn) [activity, nextReturn] = [activity + 1, nextReturn + 400];
      if (started[0] !== undefined) {
        [timer, startedTimers] = [timer + 1, startedTimers + 1];
        nextRing = (at - START) / 1000 + started[0];
      }
      expect(started.length).toBeLessThanOrEqual(1);
    }
    expect(startedTimers).toBeLessThanOrEqual(activity + 1);
  });

  it("tells each of two sites by its own patience, and one that has joined meanwhile by its own too", async () => {
    await begin({ ...input, watchdog: { ...(input.watchdog as FeedWatchdog), patience: { north: 360, south: 660 } } });
    const first = await run.step(START + 360_000, [{ fireTimer: { seq: 1 } }]);
    expect(signalled(first).map(({ to }) => to)).toEqual(["site/north"]);
    expect(timers(await run.step(START + 360_100, delivered(first)))).toEqual([299]);
    const subscribers = [
      { siteId: "north", silentAfterSeconds: 300, silent: true },
      { siteId: "west", silentAfterSeconds: 120, silent: false },
    ];
    const seen = { operatingDay: "2026-06-09", silent: true, subscribers };
    const heard = await run.step(START + 400_000, [
      { resolveActivity: { seq: 1, result: { completed: { result: payloadsOf(seen)[0] } } } },
    ]);
    expect(signalled(heard)).toEqual([]); // the feed is silent for north still
    const second = await run.step(START + 660_000, [{ fireTimer: { seq: 2 } }]);
    expect(signalled(second).map(({ to }) => to)).toEqual(["site/west"]);
  });

  it("starts no timer on a paced clock, which has no watchdog", async () => {
    const commands = await begin({ ...input, watchdog: undefined });
    expect(timers(commands)).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { untakenActivities, type Untaken } from "../../activities/untaken.ts";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import type { SiteFinding } from "../../src/domain/decision/siteFinding.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { DecisionStore } from "../../src/ports/decisionStore.ts";
import { createClockKeeper } from "../../src/simulators/clock/keeper.ts";
import { startClockServer } from "../../src/simulators/clock/server.ts";
import { asActivity } from "../faults/marketBench.ts";

const START = "2026-08-18T17:00:00.000Z" as Instant;
const closers: (() => Promise<void> | void)[] = [];
let keeper: ReturnType<typeof createClockKeeper>;
let clock: ReturnType<typeof pacedMarketClock>;
let findings: SiteFinding[];
let told: object[];

beforeEach(async () => {
  [findings, told] = [[], []];
  keeper = createClockKeeper({ startMs: Date.parse(START), speed: Number.POSITIVE_INFINITY, initialHolds: [] });
  const server = await startClockServer({ keeper });
  clock = pacedMarketClock({ url: server.url });
  closers.push(
    () => clock.close(),
    () => server.close(),
    () => keeper.close(),
  );
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** What becomes of work at `north` that nobody takes, where decisions up to this revision exist. */
function note(untaken: Omit<Untaken, "siteId" | "what">, newestRevision = 7, retiredAt?: Instant) {
  const decisions = {
    noteFinding: async (finding: SiteFinding) => void findings.push(finding),
    dispatched: async (_: string, revision: number) => (revision <= newestRevision ? {} : undefined),
  } as unknown as DecisionStore;
  const { noteUntaken } = untakenActivities({
    clock,
    decisions,
    sites: { deliver: async (_, input) => void told.push(input), settleAgain: async () => {}, wakeAt: async () => {} },
    book: new Map([["north", { retiredAt }]]),
    log: { info() {}, warn() {}, error() {} },
  });
  return asActivity(() => noteUntaken({ siteId: "north", what: "commands to machines", ...untaken }));
}

describe("work at a site's machines and meters that nobody takes", () => {
  it("is told a person, and a dispatch lets the market clock go; it is asked for again as long as it is the newest", async () => {
    keeper.hold("dispatch/north/7");
    expect(await note({ revision: 7 })).toEqual({ isOver: false });
    expect(keeper.status().holds).toEqual([]);
    expect(findings).toMatchObject([
      { siteId: "north", problem: expect.stringMatching(/^nobody at the site took this up: commands to machines;/) },
    ]);
  });

  it("is dropped once a newer decision has commanded the site", async () => {
    expect(await note({ revision: 7 }, 8)).toEqual({ isOver: true });
  });

  it("of the meters makes the site's meter silent, and market time goes on without the watch that was there", async () => {
    const gone = keeper.waitUntil("feed/registers/north", Date.parse(START) + 1_000).catch(() => undefined);
    await gone;
    const other = keeper.waitUntil("another", Date.parse(START) + 60_000);
    expect(await note({ feedId: "registers/north", isMeter: true })).toEqual({ isOver: false });
    expect(await other).toBe(Date.parse(START) + 60_000);
    expect(told).toMatchObject([{ kind: "feed-silent", feed: "meter" }]);
  });

  it("is needed no more where the site's last day is over, and tells a retired site nothing", async () => {
    const yesterday = "2026-08-17T17:00:00.000Z" as Instant;
    expect(await note({ feedId: "registers/north", isMeter: true }, 7, yesterday)).toEqual({ isOver: true });
    expect(told).toEqual([]);
  });

  it("that the site can do without is not asked for again", async () => {
    expect(await note({ isOptional: true })).toEqual({ isOver: true });
  });
});

import { afterEach, expect, it } from "vitest";
import { ercotReports } from "../../../src/adapters/ercot/reports/index.ts";
import { ErcotRequestBudget } from "../../../src/adapters/ercot/requestBudget.ts";
import { addSeconds, type Instant, parseInstant, secondsBetween } from "../../../src/domain/units/instant.ts";
import type { FeedSettings, FeedSource } from "../../../src/ports/feedSource.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../../simulators/ercot/market.ts";

afterEach(closeSimulators);

type Source = FeedSource<FeedSettings, { readonly baseUrl: string }>;
const START = parseInstant("2026-08-18T20:32:00-05:00");
const POINT = { settlementPoint: "HB_WEST", settlementPointType: "HU" };
const MINUTES = 6;

/** When each feed of ERCOT's was looked at first after a start without a cursor, and the requests of each minute. */
async function start() {
  const clock = new HandClock("2026-08-18T20:32:00-05:00");
  const { url } = await simulate({ clock, day: demoDay() });
  const budget = new ErcotRequestBudget();
  const taken: Instant[] = [];
  const counting = {
    turnAt: budget.turnAt.bind(budget),
    room: budget.room.bind(budget),
    refused: budget.refused.bind(budget),
    take: (at: Instant) => {
      taken.push(at);
      budget.take(at);
    },
  };
  const feeds = (ercotReports as readonly Source[]).map((source) => ({
    use: source.use,
    feed: source.open({ ...source.usual, ...POINT, baseUrl: url }, counting),
    cursor: undefined as string | undefined,
    nextAt: START,
  }));
  const first = new Map<string, number>();
  // No two feeds of a process ask in one millisecond: they come one after another, each a moment later
  for (let second = 0; second < MINUTES * 60; second += 1) {
    let ms = 0;
    for (const one of feeds) {
      const at = addSeconds(START, second + (ms += 1) / 1_000);
      if (one.nextAt > at) continue;
      const turn = one.feed.turnAt?.(at) ?? at;
      if (turn > at) {
        one.nextAt = turn;
        continue;
      }
      clock.at = at;
      const polled = await one.feed.poll(one.cursor, at);
      if (!first.has(one.use)) first.set(one.use, second);
      one.cursor = polled.cursor;
      one.nextAt = one.feed.nextPollAt(at, polled.documents.length > 0);
    }
  }
  return { first, taken, uses: feeds.map(({ use }) => use) };
}

it("every feed is looked at within five minutes of a start, SCED prices and the grid at once, within the budget", async () => {
  const { first, taken, uses } = await start();
  expect([first.get("ercot/np6-788"), first.get("ercot/daily-prc")]).toEqual([0, 0]);
  const late = uses.filter((use) => (first.get(use) ?? Number.POSITIVE_INFINITY) > 300);
  expect(late).toEqual([]);
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const made = taken.filter((at) => secondsBetween(START, at) <= minute * 60).length;
    // sixteen saved, six borrowed, ten a minute, and what a poll that began takes more
    expect(made).toBeLessThanOrEqual(22 + 10 * minute + 3);
  }
});

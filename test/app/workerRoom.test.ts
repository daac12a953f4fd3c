import { describe, expect, it } from "vitest";
import { bookOf } from "../../bench/support/latencyBook.ts";
import { watchesOf } from "../../src/app/system/watches.ts";
import { feedsOfBook } from "../../src/app/worker/bookFeeds.ts";
import { feedIdOf } from "../../src/app/worker/feeds.ts";
import { workerRoom } from "../../src/app/worker/workerOptions.ts";

const DAY = "2026-06-09";
const book = (sites: number) => bookOf({ sites, machinesPerSite: 6, net: 70, day: DAY });

describe("a book of many sites in one worker", () => {
  it.each([1, 12, 100, 300])(
    "of %i sites: what waits for hours leaves sixty places for decisions, and two for each site's commands",
    (sites) => {
      const waits = watchesOf(book(sites)).length;
      const { maxConcurrentActivityTaskExecutions: places, maxCachedWorkflows } = workerRoom(book(sites));
      expect(places - waits).toBe(60 + 2 * sites);
      expect(maxCachedWorkflows).toBeGreaterThanOrEqual(waits + 2 * sites);
    },
  );

  it("reads each source once for all 100 sites: only the two hashprices of the example book's sites differ", () => {
    const { deployments } = book(100);
    const shared = feedsOfBook({ deployments });
    const named = new Set(deployments.flatMap(({ feeds }) => feeds.map(feedIdOf)));
    expect([...shared.keys()].sort()).toEqual([...named].sort());
    expect([...shared.keys()].filter((id) => !id.startsWith("hashprice"))).toHaveLength(19);
    const told = [...shared].map(([id, { subscribers }]) => [id.startsWith("hashprice"), subscribers.length]);
    expect(told.filter(([isHashprice]) => isHashprice === false).every(([, sites]) => sites === 100)).toBe(true);
    expect(told.filter(([isHashprice]) => isHashprice === true)).toEqual([
      [true, 50],
      [true, 50],
    ]);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import type { ErcotFault, ErcotRequest } from "../../../src/simulators/ercot/faults.ts";
import { HandClock, closeSimulators, demoDay, simulate } from "../../simulators/ercot/market.ts";
import { scedLmpFeed, systemWidePriceFeed } from "../../support/feeds.ts";

afterEach(closeSimulators);
const DAY = demoDay();

/** A simulated ERCOT that notes what it is asked, and feeds of one report at three settlement points against it. */
async function ercot() {
  const clock = new HandClock("2026-08-18T17:02:00-05:00");
  const asked: string[] = [];
  const world: { fault?: ErcotFault } = {};
  const { url: baseUrl } = await simulate({
    clock,
    day: DAY,
    publication: { jitterSeconds: 0 },
    faults: ({ route, docId = "" }: ErcotRequest) => {
      asked.push(`${route} ${docId}`.trim());
      return world.fault;
    },
  });
  const [west, north, houston] = ["LZ_WEST", "HB_NORTH", "LZ_HOUSTON"].map((settlementPoint) =>
    scedLmpFeed({ baseUrl, settlementPoint }),
  ) as [ReturnType<typeof scedLmpFeed>, ReturnType<typeof scedLmpFeed>, ReturnType<typeof scedLmpFeed>];
  return { clock, asked, world, baseUrl, west, north, houston };
}

describe("one of the feeds of a report at several settlement points", () => {
  it("polls at the same moment as the others, and ERCOT is asked for one list and each document once", async () => {
    const { clock, asked, west, north, houston } = await ercot();
    const polls = await Promise.all([west, north].map((feed) => feed.poll(undefined, clock.at)));
    expect(asked.filter((one) => one === "list")).toHaveLength(1);
    expect(asked).toHaveLength(13);
    expect(new Set(asked).size).toBe(13);
    expect(polls[0]).toEqual(polls[1]);
    expect(await houston.poll(undefined, clock.at)).toEqual(polls[0]);
    expect(asked).toHaveLength(13);
  });

  it("that polls again at that moment has ERCOT asked again", async () => {
    const { clock, asked, west, north } = await ercot();
    await Promise.all([west, north].map((feed) => feed.poll(undefined, clock.at)));
    await west.poll(undefined, clock.at);
    expect(asked.filter((one) => one === "list")).toHaveLength(2);
    expect(asked).toHaveLength(26);
  });

  it("that polls a second later is not told what ERCOT answered before", async () => {
    const { clock, asked, west, north } = await ercot();
    const { cursor } = await west.poll(undefined, clock.at);
    await north.poll(cursor, clock.set("2026-08-18T17:02:01-05:00"));
    expect(asked.filter((one) => one === "list")).toHaveLength(2);
  });

  it("that joins a request under way says when that was sent, not when it asked itself", async () => {
    const { clock, asked, west, north } = await ercot();
    const sentAt = clock.at;
    const first = west.poll(undefined, sentAt);
    const second = north.poll(undefined, clock.set("2026-08-18T17:02:01-05:00"));
    const [, joined] = await Promise.all([first, second]);
    expect(asked.filter((one) => one === "list")).toHaveLength(1);
    expect(new Set(joined.documents.map(({ fetchedAt }) => fetchedAt))).toEqual(new Set([sentAt]));
  });

  it("fails with the others while ERCOT is away, and the next to ask reaches it", async () => {
    const { clock, world, west, north, houston } = await ercot();
    world.fault = { kind: "status", status: 503 };
    const polls = await Promise.allSettled([west, north].map((feed) => feed.poll(undefined, clock.at)));
    expect(polls.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    delete world.fault;
    expect((await houston.poll(undefined, clock.at)).documents).toHaveLength(12);
  });

  it("shares a dashboard page with whoever names the same contact, and with nobody else", async () => {
    const { clock, asked, baseUrl } = await ercot();
    const contacts = [undefined, undefined, "desk@example.com"];
    const feeds = contacts.map((contact) => systemWidePriceFeed({ baseUrl, contact }));
    await Promise.all(feeds.map((feed) => feed.poll(undefined, clock.at)));
    expect(asked).toEqual(["system-wide-prices", "system-wide-prices"]);
  });
});

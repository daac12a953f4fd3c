import { rmSync } from "node:fs";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { auditParsers } from "../../../src/app/evidence/auditParsers.ts";
import { FEED_SOURCES } from "../../../src/app/worker/registries.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import type { FeedSource } from "../../../src/ports/feedSource.ts";
import { loadPriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { pricesOf } from "../../faults/marketPrices.ts";
import { closeSimulators, HandClock, simulate } from "../../simulators/ercot/market.ts";

afterEach(closeSimulators);
const POINT = { settlementPoint: "HB_WEST", settlementPointType: "HU" };
const ERCOT: readonly FeedSource[] = FEED_SOURCES.filter(({ use }) => use.startsWith("ercot/"));
/** They have nothing to say in the night: nobody corrects its prices, and its days bring no grid condition. */
const SILENT = [
  "ercot/np4-197-m",
  "ercot/np4-188",
  "ercot/np4-196-m",
  "ercot/daily-prc",
  "ercot/operations-messages",
  "ercot/ancillary-service-capacity-monitor",
];

const READ_AT_HALF_HOURS = [1, 2, 3, 4, 5, 6, 7, 8, 12];

/**
 * Read half an hour after midnight Central, every half hour of four hours, and two hours later, of a day with prices as
 * they are on any other.
 */
async function night(source: FeedSource, day: string, midnight: string) {
  const prices = pricesOf(day, ({ hourEnding }) => 20 + hourEnding);
  onTestFinished(() => rmSync(prices.folder, { recursive: true }));
  const clock = new HandClock(midnight);
  const { url } = await simulate({ clock, day: loadPriceDay(prices), publication: { jitterSeconds: 0 } });
  const parameters = { ...source.usual, ...POINT, baseUrl: url };
  const feed = source.open(parameters);
  const problems: string[] = [];
  const observations: MarketObservation[] = [];
  let cursor: string | undefined;
  for (const half of READ_AT_HALF_HOURS) {
    clock.at = addSeconds(parseInstant(midnight), half * 1_800);
    const poll = await feed.poll(cursor, clock.at);
    cursor = poll.cursor;
    problems.push(...(poll.problems ?? []));
    for (const document of poll.documents) {
      const read = feed.parse(document, "hash", (problem) => problems.push(problem));
      expect(auditParsers(POINT)[source.source]?.(document, "hash")).toEqual(read);
      observations.push(...read);
    }
  }
  return { problems, observations };
}

describe.each([
  ["2026-11-01", "of autumn, with an hour twice", "2026-11-01T05:00:00Z"],
  ["2026-03-08", "of spring, with an hour less", "2026-03-08T06:00:00Z"],
])("the night of %s, %s", (day, _which, midnight) => {
  it.each(ERCOT.filter(({ use }) => !SILENT.includes(use)).map((source) => [source.use, source] as const))(
    "%s is read without a problem, and by the audit alike",
    async (_use, source) => {
      const { problems, observations } = await night(source, day, midnight);
      expect(problems).toEqual([]);
      expect(observations.length).toBeGreaterThan(0);
    },
  );

  it("has a price of each of its SCED runs, five minutes after the one before", async () => {
    const scedLmp = ERCOT.find(({ use }) => use === "ercot/np6-788") as FeedSource;
    const { observations } = await night(scedLmp, day, midnight);
    const runs = observations.flatMap((one) => (one.kind === "sced-lmp" ? [Date.parse(one.scedAt)] : []));
    const first = Date.parse(midnight);
    // three runs a quarter hour until 04:00, then one
    expect(runs.filter((at) => at >= first && at < first + 3 * 3_600_000)).toEqual(
      Array.from({ length: 36 }, (_, i) => first + i * 300_000),
    );
  });
});

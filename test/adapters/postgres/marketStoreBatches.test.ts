import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresMarketStore } from "../../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { intervalsOfDay } from "../../../src/domain/market/calendar.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { MarketStore } from "../../../src/ports/marketStore.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const INTERVALS = intervalsOfDay("2026-08-18");
let database: TestDatabase;
let pool: Pool;
let store: MarketStore;
let statements = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 1);
  store = postgresMarketStore(counting(pool));
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** The same pool; what goes through it is counted. */
function counting(of: Pool): Pool {
  return new Proxy(of, {
    get: (target, name) => {
      if (name === "query") statements += 1;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

interface Shown {
  readonly interval: number;
  readonly usdPerMwh: string;
  readonly document: string;
}

/** A price as a route shows it: routes keep versions of their own. */
function price(route: string, { interval, usdPerMwh, document }: Shown): MarketObservation {
  return {
    kind: "settlement-price",
    source: `${route}/system-wide-prices`,
    documentId: document,
    contentHash: document.padEnd(64, "0"),
    fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
    quality: "PRELIMINARY",
    settlementPoint: "HB_WEST",
    settlementPointType: "HU",
    interval: INTERVALS[interval] as (typeof INTERVALS)[number],
    priceUsdPerMwh: usdPerMwh,
  };
}

describe("a dashboard that shows the whole day at each poll", () => {
  it("stores its prices once, then takes one statement a poll, and two when a price of the 96 has changed", async () => {
    const day = (document: string, changed?: number): MarketObservation[] =>
      INTERVALS.map((_, interval) =>
        price("whole-day", { interval, usdPerMwh: interval === changed ? "31.50" : "30", document }),
      );
    expect(await store.storeObservations(day("a"))).toHaveLength(96);
    statements = 0;
    expect(await store.storeObservations(day("b"))).toEqual([]);
    expect(statements).toBe(1);
    const changed = await store.storeObservations(day("c", 40));
    expect(changed).toEqual([{ observation: day("c", 40)[40], version: 2 }]);
    expect(statements).toBe(3);
    // Read again because whoever read it did not get to its end: what it said anew, it says anew.
    expect(await store.storeObservations(day("c", 40))).toEqual(changed);
    expect(await store.storeObservations(day("d", 40))).toEqual([]);
  });

  it("stores a value anew that its very document shows again after another, and gives an interrupted reading its version", async () => {
    const shown = (document: string, usdPerMwh: string, second: number): MarketObservation => ({
      ...price("shown-again", { interval: 0, usdPerMwh, document }),
      fetchedAt: parseInstant(`2026-08-18T20:00:0${second}Z`),
    });
    const versions: (number | undefined)[] = [];
    for (const one of [
      shown("a", "30", 1),
      shown("b", "31.5", 2),
      shown("b", "31.5", 3),
      shown("a", "30", 1),
      shown("a", "30", 4),
      shown("a", "30", 5),
    ])
      versions.push((await store.storeObservations([one]))[0]?.version);
    expect(versions).toEqual([1, 2, 2, 1, 3, 3]);
  });

  it("gives the versions that its prices have when they are handed in one by one, doubled and reread ones too", async () => {
    let scripts = 0;
    const shown = fc.record({
      interval: fc.integer({ min: 0, max: 3 }),
      usdPerMwh: fc.constantFrom("5", "5.00", "6", "-1.25"),
      document: fc.constantFrom("a", "b", "c"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(shown, { maxLength: 6 }), { maxLength: 6 }), async (polls) => {
        const script = ++scripts;
        for (const poll of polls) {
          const together = await store.storeObservations(poll.map((one) => price(`together-${script}`, one)));
          const apart: unknown[] = [];
          for (const one of poll) apart.push(...(await store.storeObservations([price(`apart-${script}`, one)])));
          expect(
            together.map(({ observation, version }) => [observation.documentId, valueOf(observation), version]),
          ).toEqual(
            (apart as typeof together).map(({ observation, version }) => [
              observation.documentId,
              valueOf(observation),
              version,
            ]),
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});

function valueOf(observation: MarketObservation): string | undefined {
  return observation.kind === "settlement-price"
    ? `${INTERVALS.indexOf(observation.interval)} ${observation.priceUsdPerMwh}`
    : undefined;
}

import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { splitText } from "../../../src/domain/decision/split.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";
import { at, cohort, cohortOfStrike, hashprice, order, scedLmp, site, TestSite } from "../decision/site.ts";

/** HB_WEST in a windy night of spring: down to -31.72 $/MWh, its lowest SCED price of 2024. */
const NIGHT: readonly (readonly [time: string, lmp: number])[] = [
  ["02:25:10", 12.4],
  ["02:30:10", 12.4],
  ["02:35:09", 0.02],
  ["02:40:11", -4.18],
  ["02:45:10", -18.6],
  ["02:50:12", -31.72],
  ["02:55:10", -31.7],
  ["03:00:11", -31.72],
  ["03:05:10", -250],
  ["03:10:12", -12.05],
  ["03:15:10", 3.4],
];
/** Strikes of 75 $/MWh, and of 8: machines that pay almost nothing still earn more than a negative price costs. */
const COHORTS = [cohort(), cohortOfStrike("old", "S9", 8)];

function night(orders: readonly Parameters<TestSite["take"]>[0][] = []): TestSite {
  const one = new TestSite(site({ cohorts: COHORTS }));
  one.take(hashprice("02:00:00"));
  for (const input of orders) one.take(input);
  for (const [time, lmp] of NIGHT) one.take(scedLmp(time, lmp));
  return one;
}
const modesOf = (one: TestSite) =>
  one.records.map(({ output }) =>
    output.cohorts.map(({ cohortId, split }) => `${cohortId}:${splitText(split)}`).join(),
  );

describe("a night of negative prices", () => {
  it("leaves on every machine whose strike is above the price, and brings back those that a price above it had off", () => {
    const one = night();
    const decided = modesOf(one);
    // 12.40 $/MWh is above 1.25 times the strike of the old machines, and of no others
    const off = decided.lastIndexOf("a:normal,old:off");
    expect(off).toBeGreaterThanOrEqual(0);
    const negative = one.records.findIndex(({ output }) => (output.expectedPrice?.expectedUsdPerMwh ?? 0) < 0);
    expect(negative).toBeGreaterThan(off);
    expect(new Set(decided.slice(off + 1))).toEqual(new Set(["a:normal,old:normal"]));
  });

  it("has no adder, floor or missing price where the price is below zero: the record has it as it was", () => {
    const prices = night().records.flatMap(({ output }) => output.expectedPrice?.expectedUsdPerMwh ?? []);
    expect(Math.min(...prices)).toBeLessThan(-31);
    expect(night().records.every(({ input }) => input.facts.silentFeeds.length === 0)).toBe(true);
  });

  it("leaves off what an order holds off, at a cost that settlement says", () => {
    const placed = order({ from: at("02:00:00"), until: at("04:00:00"), cohortIds: ["a"] });
    const held = night([{ kind: "order", id: "o-1", at: at("02:10:00"), order: placed } as never]);
    expect(modesOf(held).at(-1)).toBe("a:off,old:normal");
  });
});

/** Hours ending 3 and 4 at -31.72 $/MWh, everything running. */
const KEYS = [3, 4].flatMap((hour) => [1, 2, 3, 4].map((quarter) => `2024-08-20/${hour}/${quarter}`));
const day = syntheticDay({ corrected: Object.fromEntries(KEYS.map((key) => [key, "-3172"])) });
const settled = settle(day);
const ofNight = settled.clientIntervals.filter(({ intervalKey }) => KEYS.includes(intervalKey));

describe("the settlement of a night of negative prices", () => {
  it("holds every identity, and credits nobody: nothing was curtailed", () => {
    expect(settled.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(ofNight).toHaveLength(8 * 3);
    expect(ofNight.every(({ clientCreditE8, grossCreditE8 }) => clientCreditE8 === "0" && grossCreditE8 === "0")).toBe(
      true,
    );
  });

  it("pays the client that has the index for what it takes above its block: 274.497 kWh at -31.72 are -8.70704484 $", () => {
    const cedar = ofNight.find(({ clientId, intervalKey }) => clientId === "cedar" && intervalKey === "2024-08-20/4/1");
    // 2,274.497 kWh metered, 2,000 kWh of the block of 8 MW
    expect(cedar).toMatchObject({ energyWh: "2274497", charges: { index: "-870704484", block: "5700000000" } });
  });

  it("charges a fixed rate as on any night", () => {
    const alder = ofNight.find(({ clientId, intervalKey }) => clientId === "alder" && intervalKey === "2024-08-20/4/1");
    // 10,324.955 kWh at 0.072 $/kWh
    expect(alder?.charges).toEqual({ "fixed-energy": "74339676000" });
  });

  it("stands in the client's statement with the price as published and the index as a payment to it", () => {
    const days = [{ input: day, result: settled }];
    const statement = compose({
      statementId: "HC/cedar",
      siteId: "pecan-flat",
      clientId: "cedar",
      issuedAt: parseInstant("2024-11-09T02:30:00Z"),
      settledDays: days,
      period: { from: "2024-08-20", to: "2024-08-20" },
    });
    const rows = parse(papersOf(statement, days).intervalsCsv, { columns: true }) as Record<string, string>[];
    const row = rows.find((cells) => cells["interval"] === "2024-08-20/4/1");
    expect(Object.values(row ?? {})).toContain("-31.72");
    expect(Number(row?.["charge_index_usd"])).toBeCloseTo(-8.70704484, 8);
    const index = rows
      .filter((cells) => KEYS.includes(cells["interval"] ?? ""))
      .map((cells) => Number(cells["charge_index_usd"]));
    expect(index.every((usd) => usd < 0)).toBe(true);
  });
});

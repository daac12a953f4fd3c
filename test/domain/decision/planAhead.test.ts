import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { planAhead, type PlanAhead } from "../../../src/domain/decision/planAhead.ts";
import { pricesAhead } from "../../../src/domain/decision/pricesAhead.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, clockOf, cohort, cohortOfStrike, hashprice, instruction, order, scedLmp, site, TestSite } from "./site.ts";

/** RTD at 18:35:13: 40 $/MWh to 18:45, then 120, 90 and 60 to 19:00, 30 to 19:15, and 30 of the next for 10 minutes. */
const RTD = {
  rtdAt: at("18:35:13"),
  path: [
    [287, 40],
    [587, 40],
    [887, 120],
    [1187, 90],
    [1487, 60],
    [1787, 30],
    [2087, 30],
    [2387, 30],
    [2687, 30],
    [2987, 30],
  ] as const,
};
/** Day-ahead from 18:00: 50, 200, 60, 40 $/MWh; nothing after 22:00. */
const DAY_AHEAD = [{ startsAt: at("18:00:00"), usdPerMwh: [50, 200, 60, 40] }];

/** A site that has decided on a run of 18:35 at 40 $/MWh, with the look-ahead known. */
function decidedAt(plan: SitePlan, changes: Partial<TestSite["state"]> = {}): DecisionRecord {
  const known = new TestSite(plan);
  known.take(hashprice("00:00:00"));
  known.take(scedLmp("18:29:50", 40));
  known.state = { ...known.state, rtdPath: RTD, dayAheadPrice: DAY_AHEAD, ...changes };
  known.take(scedLmp("18:35:10", 40));
  return known.records.at(-1) as DecisionRecord;
}

function rows({ intervals }: PlanAhead): string[] {
  return intervals.map(({ from, until, price, meanKw }) => {
    const said = price === undefined ? "unforeseen" : `${price.usdPerMwh} ${price.source}`;
    return `${clockOf(from)}-${clockOf(until)} ${said}: ${meanKw} kW`;
  });
}

function moves({ intervals }: PlanAhead): string[] {
  return intervals.flatMap((one) =>
    one.moves.map((move) => `${clockOf(move.at)} ${move.cohortId} ${splitText(move.to)}: ${move.reason}`),
  );
}

describe("prices that a record foresees", () => {
  it("are RTD's mean where its steps cover a quarter hour, the day-ahead price of the hour elsewhere, and none after", () => {
    const { facts } = decidedAt(site()).input;
    expect(
      pricesAhead(facts, at("18:45:00"), at("22:30:00")).map(
        ({ startsAt, usdPerMwh, source }) => `${clockOf(startsAt)} ${usdPerMwh} ${source}`,
      ),
    ).toEqual([
      "18:45:00 90 rtd", // (120 + 90 + 60) / 3
      "19:00:00 30 rtd",
      "19:15:00 200 day-ahead", // ten of its fifteen minutes alone are in the look-ahead
      "19:30:00 200 day-ahead",
      "19:45:00 200 day-ahead",
      ...["00", "15", "30", "45"].map((minute) => `20:${minute}:00 60 day-ahead`),
      ...["00", "15", "30", "45"].map((minute) => `21:${minute}:00 40 day-ahead`),
    ]);
  });
});

describe("the plan of a site at 18:36 with one cohort of 300 kW, strike 75, off above 93.75 and on below 67.50", () => {
  it("runs through 90, goes off for the hour of 200, comes back at 60, and keeps its modes where nobody foresees a price", () => {
    const plan = planAhead(site(), decidedAt(site()), at("22:30:00"));
    expect(moves(plan)).toEqual(["19:15:00 a off: economic", "20:00:00 a normal: economic"]);
    expect(rows(plan).filter((_, i) => i < 7 || i > 13)).toEqual([
      "18:36:10-18:45:00 40 sced: 300 kW",
      "18:45:00-19:00:00 90 rtd: 300 kW",
      "19:00:00-19:15:00 30 rtd: 300 kW",
      "19:15:00-19:30:00 200 day-ahead: 0 kW",
      "19:30:00-19:45:00 200 day-ahead: 0 kW",
      "19:45:00-20:00:00 200 day-ahead: 0 kW",
      "20:00:00-20:15:00 60 day-ahead: 300 kW",
      "22:00:00-22:15:00 unforeseen: 300 kW",
      "22:15:00-22:30:00 unforeseen: 300 kW",
    ]);
    expect(plan.intervals.at(-1)?.decision.output.cohorts[0]?.reason).toBe("silence");
  });

  it("keeps a hold of 90 minutes after the price has come back", () => {
    const held = site({ cohorts: [cohort({ minOffMinutes: 90 })] });
    expect(moves(planAhead(held, decidedAt(held), at("22:30:00")))).toEqual([
      "19:15:00 a off: economic",
      "20:45:00 a normal: economic",
    ]);
  });

  it("takes an order and an instruction that are known now from their minute on, and shows a part of a quarter hour as its mean", () => {
    const known = {
      orders: [order({ action: "run", from: at("19:15:00"), until: at("19:35:00") })],
      instructions: [instruction({ from: at("20:20:00"), until: at("20:50:00") })],
    };
    const plan = planAhead(site(), decidedAt(site(), known), at("22:00:00"));
    expect(moves(plan)).toEqual([
      "19:35:00 a off: economic",
      "20:00:00 a normal: economic",
      "20:20:00 a off: instruction",
      "20:50:00 a normal: economic",
    ]);
    expect(rows(plan)[4]).toBe("19:30:00-19:45:00 200 day-ahead: 100 kW"); // 300 kW for five of fifteen minutes
  });

  it("takes the worst cohort down first at one price, and counts machines that cannot run as no load", () => {
    const cohorts = [cohortOfStrike("poor", "S17", 60), cohortOfStrike("good", "S21", 160)];
    const two = site({ cohorts });
    const able = { observedAt: at("18:30:00"), cohorts: [{ cohortId: "good", machines: 50 }] };
    const plan = planAhead(two, decidedAt(two, { fleetAble: able }), at("20:00:00"));
    expect(moves(plan)).toEqual(
      ["18:45:00 poor off: economic", "19:00:00 poor normal: economic"].concat(["19:15:00 poor off: economic"]),
    );
    expect(rows(plan)[3]).toBe("19:15:00-19:30:00 200 day-ahead: 150 kW");
  });
});

describe("a plan and the site that carries it out", () => {
  it("do the same where the prices come as foreseen", () => {
    const price = fc.integer({ min: 20, max: 220 });
    const minutes = fc.constantFrom(0, 20, 60);
    fc.assert(
      fc.property(fc.array(price, { minLength: 4, maxLength: 4 }), minutes, minutes, (hours, minOff, minOn) => {
        const cohorts = [
          { ...cohortOfStrike("poor", "S17", 60), minOffMinutes: minOff, minOnMinutes: minOn },
          { ...cohortOfStrike("good", "S21", 110), minOffMinutes: minOn, minOnMinutes: minOff },
        ];
        const plan = site({ cohorts });
        const foreseen = { rtdPath: undefined, dayAheadPrice: [{ startsAt: at("18:00:00"), usdPerMwh: hours }] };
        const first = decidedAt(plan, foreseen as never);
        expect(moves(planAhead(plan, first, at("22:00:00")))).toEqual(carriedOut(plan, hours));
      }),
      { numRuns: 100 },
    );
  });
});

/** What the site does when each quarter hour's first run, at its start, has the price of its hour. */
function carriedOut(plan: SitePlan, hours: readonly number[]): string[] {
  const real = new TestSite(plan);
  real.take(hashprice("00:00:00"));
  real.take(scedLmp("18:29:50", 40));
  real.take(scedLmp("18:35:10", 40));
  const before = real.records.length;
  for (let start = at("18:45:00"); start < at("22:00:00"); start = addSeconds(start, 900)) {
    for (let wake = real.nextWakeAt; wake !== undefined && wake < start; wake = real.nextWakeAt) real.decideAt(wake);
    const hour = hours[Number(clockOf(start)?.slice(0, 2)) - 18] as number;
    const wall = clockOf(start) as string;
    real.take({ ...scedLmp(wall, hour), at: start });
    if (real.records.at(-1)?.input.asOf !== start) real.decideAt(start);
  }
  for (let wake = real.nextWakeAt; wake !== undefined && wake < at("22:00:00"); wake = real.nextWakeAt)
    real.decideAt(wake);
  return real.records
    .slice(before)
    .flatMap(({ input, output }) =>
      output.cohorts
        .filter((one) => splitText(one.split) !== splitText(one.fromSplit))
        .map((one) => `${clockOf(input.asOf)} ${one.cohortId} ${splitText(one.split)}: ${one.reason}`),
    );
}

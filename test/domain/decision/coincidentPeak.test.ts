import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { planAhead } from "../../../src/domain/decision/planAhead.ts";
import type { PeakPolicy } from "../../../src/domain/decision/planModel.ts";
import { ruleOf } from "../../../src/domain/decision/rules/index.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { LoadForecastInput } from "../../../src/domain/inputs/loadForecast.ts";
import type { FrozenPeakPlan } from "../../../src/domain/inputs/peakPlan.ts";
import type { SystemDemandInput } from "../../../src/domain/inputs/systemDemand.ts";
import { wallToInstant } from "../../../src/domain/market/calendar.ts";
import type { CoincidentPeakRule } from "../../../src/domain/market/coincidentPeakRule.ts";
import { hoursOfDay } from "../../../src/domain/market/deliveryHour.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { award, mcpc, reserveInput, reserveSite, splits } from "./reserveSite.ts";
import { at, clockOf, cohort, hashprice, inputAt, instruction, modes, order, scedLmp, site, TestSite } from "./site.ts";

const FOUR_CP: CoincidentPeakRule = {
  effectiveFrom: "2015-06-01",
  called: "4CP",
  months: [6, 7, 8, 9],
  intervalMinutes: 15,
  peaksPerMonth: 1,
  demandYearStart: 1,
};
const POLICY: PeakPolicy = {
  rules: [FOUR_CP],
  tariffUsdPerKwYear: 70,
  leastProbability: 0.002,
  restartMinutes: 15,
  errors: { byHoursAhead: [{ hours: 0, share: 0.03 }], shapeShare: 0.005 },
};
const avoiding = (changes: Partial<PeakPolicy> = {}, plan: Partial<SitePlan> = {}): SitePlan =>
  site({ coincidentPeak: { ...POLICY, ...changes }, ...plan });

const head = { source: "mis/1", contentHash: "aa" };

/** 60,000 MW all of 20 August and the day after, but for the hour from 17:00 on the 20th, of 84,000 MW. */
function forecast(time: string, topMw = 84_000, topAt: Instant = at("17:00:00")): LoadForecastInput {
  const days = ["2024-08-20", "2024-08-21"];
  return {
    kind: "load-forecast",
    id: `load-forecast/${time}`,
    at: at(time),
    ...head,
    postedAt: at(time),
    startsAt: at("00:00:00"),
    systemMw: days.flatMap(hoursOfDay).map((startsAt) => (startsAt === topAt ? topMw : 60_000)),
  };
}

/** The quarter hour before `time` is measured; the month has had `peaks`. */
function demand(time: string, mw: number, peaks: Readonly<Record<string, number>>): SystemDemandInput {
  return {
    kind: "system-demand",
    id: `system-demand/${time}`,
    at: at(time),
    ...head,
    newest: { startsAt: addSeconds(at(time), -900), mw },
    dayPeaks: Object.entries(peaks).map(([startsAt, peakMw]) => ({
      ...head,
      startsAt: startsAt as Instant,
      mw: peakMw,
    })),
    monthFrom: wallToInstant({ day: "2024-08-01", time: "00:00:00", repeatedHour: false }),
  };
}
/** 8 August at 16:45 Central. */
const BEFORE: Instant = "2024-08-08T21:45:00.000Z" as Instant;

/** Strike 75 at 30 $/MWh: an hour off loses 45 $/MW of margin and 18.75 for the restart. */
function atFour(plan: SitePlan): TestSite {
  const one = new TestSite(plan);
  for (const input of [
    hashprice("15:50:00"),
    forecast("15:55:00"),
    demand("16:00:00", 79_000, { [BEFORE]: 80_000 }),
    scedLmp("15:59:50", 30),
  ])
    one.take(input);
  return one;
}
const lastOf = (one: TestSite) => one.records.at(-1)!;
const runs = (one: TestSite, ...times: readonly string[]): string[] =>
  times.map((time) => {
    one.take(scedLmp(time, 30));
    return modes(one.decideAt(one.state.asOf!).output);
  });

describe("a coincident peak", () => {
  it("is seen an hour ahead, taken from its first interval to its last, and booked as its avoidance", () => {
    const one = atFour(avoiding());
    const { input, output } = lastOf(one);
    expect(modes(output)).toBe("a:normal/economic");
    const plan = input.facts.peakPlan!;
    expect(plan.intervals.map(({ startsAt }) => clockOf(startsAt))).toEqual([
      "17:00:00",
      "17:15:00",
      "17:30:00",
      "17:45:00",
    ]);
    expect(plan).toMatchObject({ measuredUntil: at("16:00:00"), dayPeaks: [{ startsAt: BEFORE, mw: 80_000 }] });
    expect(clockOf(output.nextWakeAt)).toBe("16:09:50"); // the price's age limit comes first
    expect(runs(one, "16:54:50")).toEqual(["a:normal/economic"]);
    expect(clockOf(one.nextWakeAt)).toBe("17:00:00");
    const off = one.decideAt(at("17:00:00"));
    expect(modes(off.output)).toBe("a:off/coincident-peak");
    expect(off.output.cohorts[0]?.sentence).toMatch(
      /17:00 to 18:00 may be the coincident peak of 2024-08 \(4CP\), chance \d+\.\d % at 84000 MW, worth \d+\.\d\d \$\/MW against 63\.75 \$\/MW of energy margin and restart/,
    );
    const { settlement, slaExclusion } = ruleOf("coincident-peak");
    expect([settlement, slaExclusion]).toEqual(["CP_AVOIDANCE", "CP_AVOIDANCE"]);
    expect(runs(one, "17:29:50", "17:54:50")).toEqual(["a:off/coincident-peak", "a:off/coincident-peak"]);
    expect(clockOf(one.nextWakeAt)).toBe("18:00:00");
    expect(modes(one.decideAt(at("18:00:00")).output)).toBe("a:normal/economic");
  });

  it("stands in the plan of the coming quarter hours, off at 17:00 and back at 18:00", () => {
    const one = atFour(avoiding());
    const dayAheadPrice = [{ startsAt: at("16:00:00"), usdPerMwh: [30, 30, 30, 30] }];
    one.state = { ...one.state, dayAheadPrice };
    const { intervals } = planAhead(one.plan, one.decideAt(at("16:02:00")), at("18:30:00"));
    const moves = intervals.flatMap((each) => each.moves.map((move) => [clockOf(move.at), splitText(move.to)]));
    expect(moves).toEqual([
      ["17:00:00", "off"],
      ["18:00:00", "normal"],
    ]);
    expect(intervals.find(({ moves: [move] }) => move !== undefined)?.moves[0]?.reason).toBe("coincident-peak");
  });

  it("is worth its chance times a quarter of the tariff, and left alone where the margin is worth more", () => {
    const { intervals } = lastOf(atFour(avoiding())).input.facts.peakPlan!;
    for (const { probability, valueUsdPerMw } of intervals) expect(valueUsdPerMw).toBeCloseTo(17_500 * probability, 6);
    const cheap = atFour(avoiding({ tariffUsdPerKwYear: 0.1 }));
    expect(runs(cheap, "16:59:50")).toEqual(["a:normal/economic"]);
    const chance = atFour(avoiding({ leastProbability: 0.9 }));
    expect(runs(chance, "16:59:50")).toEqual(["a:normal/economic"]);
  });

  it("that another day kept is a false alarm in the record, and one that was beaten is a peak", () => {
    const [falseAlarm, hit] = [atFour(avoiding()), atFour(avoiding())];
    for (const one of [falseAlarm, hit]) runs(one, "16:59:50", "17:14:50", "17:29:50", "17:44:50");
    const eventsOf = (one: TestSite) =>
      lastOf(one).input.facts.peakPlan?.events.map(({ from, until, outcome }) => [
        clockOf(from),
        clockOf(until),
        outcome,
      ]);
    expect(eventsOf(falseAlarm)).toEqual([["17:00:00", "18:00:00", "open"]]);
    falseAlarm.take(demand("18:00:00", 79_500, { [BEFORE]: 80_000, [at("17:15:00")]: 79_900 }));
    hit.take(demand("18:00:00", 79_500, { [at("17:15:00")]: 80_100, [BEFORE]: 80_000 }));
    for (const one of [falseAlarm, hit]) runs(one, "17:59:50");
    expect(eventsOf(falseAlarm)).toEqual([["17:00:00", "18:00:00", "false-alarm"]]);
    expect(eventsOf(hit)).toEqual([["17:00:00", "18:00:00", "peak"]]);
    // a run that begins anew knows them from the records
    const again = siteStateFromRecords(hit.plan, hit.records.slice(-3), { recordHash: "hash", revision: 0 });
    expect(again?.peakEvents).toEqual([{ from: at("17:00:00"), until: at("18:00:00") }]);
  });

  it("decides nothing at a site without the configuration, whatever load is told: its decisions are the same", () => {
    const [told, untold] = [atFour(site()), new TestSite(site())];
    untold.take(hashprice("15:50:00"));
    untold.take(scedLmp("15:59:50", 30));
    for (const one of [told, untold]) runs(one, "16:54:50", "16:59:50", "17:29:50");
    const decided = (one: TestSite) => one.records.map(({ input, output }) => ({ facts: input.facts, output }));
    expect(decided(told)).toEqual(decided(untold));
  });

  it("is not planned before both forecast and demand are known, nor by a forecast of half a day ago", () => {
    const one = new TestSite(avoiding());
    for (const input of [hashprice("15:50:00"), forecast("15:55:00"), scedLmp("15:59:50", 30)]) one.take(input);
    expect(lastOf(one).input.facts.peakPlan).toBeUndefined();
    const old = new TestSite(avoiding());
    for (const input of [
      hashprice("03:50:00"),
      forecast("04:00:00"),
      demand("04:15:00", 50_000, { [BEFORE]: 80_000 }),
      scedLmp("16:59:50", 30),
    ])
      old.take(input);
    expect(modes(lastOf(old).output)).toBe("a:normal/economic");
    expect(lastOf(old).input.facts.peakPlan).toBeUndefined();
  });
});

/** A plan with one interval of a chance, as a decision sees it. */
function planned(from: Instant, probability: number, changes: Partial<FrozenPeakPlan["peakPlan"] & object> = {}) {
  return {
    peakPlan: {
      madeAt: addSeconds(from, -600),
      forecastPostedAt: addSeconds(from, -600),
      measuredUntil: addSeconds(from, -900),
      dayPeaks: [{ startsAt: BEFORE, mw: 80_000 }],
      monthKnownFrom: BEFORE,
      events: [],
      intervals: [
        {
          startsAt: from,
          endsAt: addSeconds(from, 900),
          expectedMw: 81_000,
          probability,
          valueUsdPerMw: 17_500 * probability,
          rule: "4CP",
          demandYear: "2024-01",
        },
      ],
      ...changes,
    },
  };
}
const NOW = at("18:30:00");

describe("a coincident peak beside the other rules", () => {
  it("yields to an instruction, which takes the load as a grid rule", () => {
    const plan = avoiding();
    const output = decide(plan, inputAt(plan, 30, { ...planned(NOW, 0.05), instructions: [instruction({})] }));
    expect(modes(output)).toBe("a:off/instruction");
    expect(output.cohorts[0]?.curtailed).toEqual([{ reason: "instruction", kw: 300 }]);
    expect(output.cohorts[0]?.alsoApplicable).toContain("coincident-peak");
  });

  it("yields to an order to run, and what it would have taken is told as broken", () => {
    const plan = avoiding();
    const output = decide(plan, inputAt(plan, 30, { ...planned(NOW, 0.05), orders: [order({ action: "run" })] }));
    expect(modes(output)).toBe("a:normal/operator-order");
    expect(output.broken).toMatchObject([{ reason: "coincident-peak" }]);
  });

  it("leaves on what is awarded as reserve: 500 kW of ECRS stay on, the best machines first, and 399 kW are off", () => {
    const plan = reserveSite({ coincidentPeak: POLICY });
    const asAwards = [award("0.5 MW ECRSM")];
    const output = decide(
      plan,
      reserveInput(plan, 30, { ...planned(NOW, 0.05), asAwards, scedMcpc: mcpc({ ECRS: 20 }) }),
    );
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.cohorts.map(({ curtailed }) => curtailed)).toEqual([
      [],
      [{ reason: "coincident-peak", kw: 300 }],
      [{ reason: "coincident-peak", kw: 99 }],
    ]);
    expect(output.broken?.map(({ reason, by }) => `${reason} by ${by}`)).toEqual([
      "coincident-peak by as-reservation",
      "coincident-peak by as-reservation",
    ]);
  });

  it("goes before silence: without a price the least chance alone decides", () => {
    const plan = avoiding();
    const silent = { silentFeeds: ["sced-lmp"] };
    const output = decide(plan, inputAt(plan, 30, { ...planned(NOW, 0.003), ...silent }));
    expect(modes(output)).toBe("a:off/coincident-peak");
    expect(output.cohorts[0]?.sentence).toContain("and no price to hold against it");
    const less = decide(plan, inputAt(plan, 30, { ...planned(NOW, 0.001), ...silent }));
    expect(modes(less)).toBe("a:normal/silence");
  });

  it("takes no more days of a month than the cap, and goes on with a day that has begun", () => {
    const plan = avoiding({ maxEventDaysPerMonth: 1 });
    const eventOn = (from: Instant) => [{ from, until: addSeconds(from, 900), outcome: "false-alarm" as const }];
    const decided = (from: Instant): string =>
      modes(decide(plan, inputAt(plan, 30, planned(NOW, 0.05, { events: eventOn(from) }))));
    expect(decided(BEFORE)).toBe("a:normal/economic");
    expect(decided(at("17:30:00"))).toBe("a:off/coincident-peak");
    // an event of July counts for July
    expect(decided("2024-07-30T21:45:00.000Z" as Instant)).toBe("a:off/coincident-peak");
  });

  it("leaves on what is billed at the least anyway: 40 of 100 machines at a share of 0.4", () => {
    const plan = avoiding({ rules: [{ ...FOUR_CP, minBillingShare: 0.4 }] });
    const output = decide(plan, inputAt(plan, 30, planned(NOW, 0.05)));
    expect(output.cohorts[0]?.split).toEqual([
      { modeId: "off", machines: 60 },
      { modeId: "normal", machines: 40 },
    ]);
  });

  it("takes only the cohorts whose margin is worth less, each by its own strike", () => {
    const dear = cohort({
      cohortId: "b",
      modes: [
        { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
        { modeId: "normal", hashrateThs: 400, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
      ],
    });
    const plan = avoiding({}, { cohorts: [cohort(), dear] });
    // 0.004 × 17,500 = 70 $/MW; a loses 11.25 + 18.75, b of strike 300 loses 67.50 + 75
    expect(modes(decide(plan, inputAt(plan, 30, planned(NOW, 0.004))))).toBe("a:off/coincident-peak b:normal/economic");
    // one that is off for it has no restart to lose again: 70 against 67.50
    const there = plan.cohorts.map(({ cohortId }) => ({
      cohortId,
      split: [{ modeId: "off", machines: 100 }],
      reason: "coincident-peak" as const,
    }));
    expect(modes(decide(plan, inputAt(plan, 30, { ...planned(NOW, 0.004), cohorts: there })))).toBe(
      "a:off/coincident-peak b:off/coincident-peak",
    );
  });
});

describe("the rule of a day", () => {
  const NEXT = "2024-08-21";
  const tomorrow = (time: string): Instant => wallToInstant({ day: NEXT, time, repeatedHour: false });

  it("switches inside a run: what 4CP calls on its last day, a successor without August does not call on its first", () => {
    const successor = { ...FOUR_CP, effectiveFrom: NEXT, called: "successor", months: [9] };
    const topAt = tomorrow("17:00:00");
    const called = (rules: readonly CoincidentPeakRule[], asOf: Instant): string => {
      const one = new TestSite(avoiding({ rules }));
      const told = [forecast("16:30:00", 95_000, topAt), demand("16:45:00", 60_000, { [BEFORE]: 80_000 })];
      for (const input of [...told, { ...hashprice("16:50:00"), at: at("16:50:00") }]) one.take(input);
      const state = { ...one.state, loadForecast: { ...one.state.loadForecast!, postedAt: asOf } };
      one.state = { ...state, peakPlan: { ...state.peakPlan!, forecastPostedAt: asOf } };
      one.take({ ...scedLmp("16:55:10", 30), id: "next", at: addSeconds(asOf, -30), scedAt: addSeconds(asOf, -60) });
      return modes(one.decideAt(asOf).output);
    };
    expect(called([FOUR_CP], topAt)).toBe("a:off/coincident-peak");
    expect(called([FOUR_CP, successor], topAt)).toBe("a:normal/economic");
    // and the plan says by which rule each interval is named
    const both = { ...successor, months: [8, 9], intervalMinutes: 30 };
    const one = new TestSite(avoiding({ rules: [FOUR_CP, both] }));
    one.take(forecast("16:30:00", 95_000, topAt));
    one.take(demand("16:45:00", 60_000, { [BEFORE]: 80_000 }));
    const likely = one.state.peakPlan!.intervals.filter(({ probability }) => probability > 0.05);
    expect(likely.map(({ rule, startsAt }) => `${rule} ${startsAt}`)).toEqual([
      `successor ${topAt}`,
      `successor ${addSeconds(topAt, 1_800)}`,
    ]);
  });

  it("takes the second 01:00 alone, where the peak is in the repeated hour", () => {
    const day = "2024-11-03";
    const second = wallToInstant({ day, time: "01:00:00", repeatedHour: true });
    const first = wallToInstant({ day, time: "01:00:00", repeatedHour: false });
    const plan = avoiding({ rules: [{ ...FOUR_CP, months: [11] }] });
    const one = new TestSite(plan);
    const midnight = wallToInstant({ day, time: "00:00:00", repeatedHour: false });
    const told = {
      ...forecast("16:00:00"),
      at: addSeconds(midnight, -60),
      postedAt: addSeconds(midnight, -60),
      startsAt: midnight,
      systemMw: hoursOfDay(day).map((startsAt) => (startsAt === second ? 84_000 : 40_000)),
    };
    const measured = {
      ...demand("16:00:00", 50_000, {}),
      at: midnight,
      newest: { startsAt: addSeconds(midnight, -900), mw: 40_000 },
    };
    for (const input of [{ ...hashprice("00:00:00"), at: addSeconds(midnight, -120), asOf: midnight }, told, measured])
      one.take(input);
    const decided = (asOf: Instant): string => {
      one.take({ ...scedLmp("00:00:10", 30), id: `${asOf}`, at: addSeconds(asOf, -30), scedAt: addSeconds(asOf, -60) });
      return modes(one.decideAt(asOf).output);
    };
    expect(decided(addSeconds(first, 1_800))).toBe("a:normal/economic");
    expect(decided(addSeconds(second, 1_800))).toBe("a:off/coincident-peak");
    expect(decided(addSeconds(second, 3_600))).toBe("a:normal/economic");
  });
});

import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { CohortPlan, SitePlan } from "../../../src/domain/decision/model.ts";
import { intervalStart } from "../../../src/domain/market/calendar.ts";
import type { SettlementInterval } from "../../../src/domain/market/model.ts";
import { curtailedEnergy } from "../../../src/domain/settlement/curtailedEnergy.ts";
import { attributeSpans } from "../../../src/domain/settlement/curtailedSpans.ts";
import { changedCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { all, at, cohort, inputAt, site } from "../decision/site.ts";
import { coolingOfDay } from "../../../src/domain/settlement/coolingOfDay.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { renderText } from "../../../src/domain/statement/renderers/text.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { FeederCooling } from "../../../src/domain/settlement/model.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";

const INTERVAL: SettlementInterval = { operatingDay: "2024-08-20", hourEnding: 19, interval: 3, repeatedHour: false };
const START = intervalStart(INTERVAL);
const EVENING = { runs: 20, off: 500 };

/** 100 machines of 3,250 W, nothing when off. */
function hall(clientId: string, cooling: Partial<CohortPlan>): CohortPlan {
  return cohort({
    cohortId: `${clientId}-hall`,
    clientId,
    modes: [
      { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
      { modeId: "normal", hashrateThs: 100, powerW: 3250, setpoint: { kind: "profile", profile: "default" } },
    ],
    ...cooling,
  });
}

/** The timeline of a site that runs and is ordered off at the start of the interval, all 100 machines of each hall. */
function timelineOf(plan: SitePlan): TimelineChange[] {
  let state = initialSiteState(plan);
  const lines: TimelineChange[] = [];
  const steps: [Instant, number][] = [
    [addSeconds(START, -1200), EVENING.runs],
    [START, EVENING.off],
  ];
  for (const [asOf, lmp] of steps) {
    const input = inputAt(plan, lmp, { asOf, cohorts: state.cohorts });
    const record = nextRecord({ plan, planHash: "p", state, input, output: decide(plan, input), ruleSet: RULE_SET });
    state = adopt(plan, state, record, "hash");
    for (const changed of changedCohorts(plan, record, lines))
      lines.push(timelineChange(plan, record, changed, changed.countsMachines ? 100 : undefined)!);
  }
  return lines;
}

/** Baseline and curtailed Wh of each client in the interval, with the feeder's register standing still. */
function settledWh(plan: SitePlan, meteredWh = 0n): Record<string, { baselineWh: string; curtailedWh: string }> {
  const [spans] = attributeSpans(timelineOf(plan), [{ interval: INTERVAL, startAt: START }]);
  return Object.fromEntries(
    spans!.baselines.map(({ clientId, baselineWh }) => {
      const own = spans!.curtailed.filter((span) => span.clientId === clientId);
      const { totalWh } = curtailedEnergy({ baselineWh: BigInt(baselineWh), energyWh: meteredWh, spans: own });
      return [clientId, { baselineWh, curtailedWh: totalWh.toString() }];
    }),
  );
}

describe("energy that is credited to a client is energy of its feeder", () => {
  it("100 machines of 3,250 W ordered off for an interval save 81.25 kWh at a feeder without the cooling, not 82.875", () => {
    // 100 × 3,250 W × 0.25 h = 81,250 Wh; × 1.02 would be 82,875 Wh, of which the feeder cannot have carried 1,625
    const plan = site({ pue: 1.02, cohorts: [hall("alder", { feederPue: 1 })] });
    expect(settledWh(plan)).toEqual({ alder: { baselineWh: "81250", curtailedWh: "81250" } });
  });

  it("and 82.875 kWh where pumps and coolers hang on the feeder, at 1.02 W there for each machine watt", () => {
    const plan = site({ pue: 1.02, cohorts: [hall("alder", { feederPue: 1.02 })] });
    expect(settledWh(plan)).toEqual({ alder: { baselineWh: "82875", curtailedWh: "82875" } });
  });

  it("a site with air-cooled halls and immersion containers counts each client by its own feeder", () => {
    // site meter 1.05; immersion 1.03: 3,250 × 1.03 = 3,347.5, rounded to 3,348 W; × 100 × 0.25 h = 83,700 Wh
    const plan = site({
      pue: 1.05,
      singleSourceMwMax: 100,
      cohorts: [hall("alder", { feederPue: 1 }), hall("birch", { feederPue: 1.03 })],
    });
    expect(settledWh(plan)).toEqual({
      alder: { baselineWh: "81250", curtailedWh: "81250" },
      birch: { baselineWh: "83700", curtailedWh: "83700" },
    });
  });

  it("machines that a feeder shows running at full power have saved nothing there", () => {
    const plan = site({ pue: 1.02, cohorts: [hall("alder", { feederPue: 1 })] });
    expect(settledWh(plan, 81_250n)).toEqual({ alder: { baselineWh: "81250", curtailedWh: "0" } });
  });

  it("a plan frozen without a word of where cooling is metered is counted as it was, by the site's 1.02", () => {
    const plan = site({ pue: 1.02, cohorts: [hall("alder", {})] });
    expect(settledWh(plan)).toEqual({ alder: { baselineWh: "82875", curtailedWh: "82875" } });
    expect(timelineOf(plan).every((line) => !("feederPue" in line))).toBe(true);
  });

  it("the decision counts at the site meter whichever it is: 331.5 kW, 100 × 3,250 W × 1.02", () => {
    for (const feederPue of [1, 1.02, undefined]) {
      const plan = site({ pue: 1.02, cohorts: [hall("alder", feederPue === undefined ? {} : { feederPue })] });
      const [decided] = decide(plan, inputAt(plan, EVENING.off)).cohorts;
      expect(decided!.curtailed).toEqual([{ reason: "economic", kw: expect.closeTo(331.5, 9) }]);
    }
  });
});

describe("where cooling is metered is said, and changes nothing that was settled before it was", () => {
  const line = (time: string, changes: Partial<TimelineChange> = {}): TimelineChange => ({
    cohortId: "alder-hall",
    clientId: "alder",
    sequence: 1,
    at: at(time),
    split: [{ modeId: "off", machines: 100 }],
    reason: "economic",
    curtailed: [{ reason: "economic", belowNormalW: 331_500 }],
    ableToRun: 100,
    normalPowerW: 3315,
    ...changes,
  });

  it("a configuration with the key, applied while machines are off, counts from its first decision on", () => {
    const plan = site({ pue: 1.02, cohorts: [hall("alder", { feederPue: 1 })] });
    const old = line("18:00:00");
    const input = inputAt(plan, EVENING.off, {
      asOf: addSeconds(START, 300),
      cohorts: [{ cohortId: "alder-hall", split: all("off"), reason: "economic" }],
    });
    const state = { ...initialSiteState(plan), cohorts: input.cohorts };
    const record = nextRecord({ plan, planHash: "p", state, input, output: decide(plan, input), ruleSet: RULE_SET });
    const added = changedCohorts(plan, record, [old]).flatMap(
      (one) => timelineChange(plan, record, one, undefined) ?? [],
    );
    expect(added).toMatchObject([{ ableToRun: 100, normalPowerW: 3250, feederPue: 1, at: addSeconds(START, 300) }]);
    const [spans] = attributeSpans([old, ...added], [{ interval: INTERVAL, startAt: START }]);
    // 100 × (3,315 W × 300 s + 3,250 W × 600 s) ÷ 3,600 = 27,625 + 54,166.67 Wh, half-even
    expect(spans!.baselines).toEqual([{ clientId: "alder", baselineWh: "81792" }]);
    // and the same line again makes no further one
    expect(changedCohorts(plan, record, [old, ...added])).toEqual([]);
  });

  it("a cohort counted by the same figure still gets a line that says where, once", () => {
    const plan = site({ pue: 1.02, cohorts: [hall("alder", { feederPue: 1.02 })] });
    const input = inputAt(plan, EVENING.off, {
      asOf: START,
      cohorts: [{ cohortId: "alder-hall", split: all("off"), reason: "economic" }],
    });
    const state = { ...initialSiteState(plan), cohorts: input.cohorts };
    const record = nextRecord({ plan, planHash: "p", state, input, output: decide(plan, input), ruleSet: RULE_SET });
    expect(changedCohorts(plan, record, [line("18:00:00")])).toHaveLength(1);
    expect(changedCohorts(plan, record, [line("18:00:00", { feederPue: 1.02 })])).toEqual([]);
  });

  it("the day keeps the factor of each client from when it holds, and nothing where its lines say nothing", () => {
    expect(coolingOfDay([line("18:00:00"), line("18:30:00")], "2024-08-20")).toEqual([]);
    const before = { ...line("18:00:00", { feederPue: 1 }), at: addSeconds(START, -86_400) };
    expect(coolingOfDay([before, line("19:10:00", { feederPue: 1.03 })], "2024-08-20")).toEqual([
      { clientId: "alder", since: at("00:00:00"), feederPue: 1 },
      { clientId: "alder", since: at("19:10:00"), feederPue: 1.03 },
    ]);
    // a line of the day after counts for that day alone
    expect(coolingOfDay([line("18:00:00", { feederPue: 1 })], "2024-08-19")).toEqual([]);
  });

  it("a change that is taken back on the same day is kept with its end; and so is the part of a day without a word", () => {
    const kept = (...lines: TimelineChange[]) =>
      coolingOfDay(lines, "2024-08-20").map(({ since, feederPue }) => [since, feederPue]);
    const changed = line("12:00:00", { feederPue: 1.03 });
    expect(kept(line("00:00:00", { feederPue: 1 }), changed, line("18:00:00", { feederPue: 1 }))).toEqual([
      [at("00:00:00"), 1],
      [at("12:00:00"), 1.03],
      [at("18:00:00"), 1],
    ]);
    expect(kept(line("00:00:00"), changed)).toEqual([
      [at("00:00:00"), undefined],
      [at("12:00:00"), 1.03],
    ]);
    expect(kept(line("00:00:00", { feederPue: 1 }), line("12:00:00"))).toEqual([
      [at("00:00:00"), 1],
      [at("12:00:00"), undefined],
    ]);
    // two cohorts of the client, one of which has a line of an older plan still
    const other = { ...line("00:00:00"), cohortId: "alder-yard" };
    expect(kept(line("00:00:00", { feederPue: 1 }), other, { ...other, at: at("18:00:00"), feederPue: 1 })).toEqual([
      [at("00:00:00"), undefined],
      [at("00:00:00"), 1],
      [at("18:00:00"), 1],
    ]);
  });

  /** The text of alder's statement of a synthetic day, with its cooling as given, on one line. */
  function textOf(cooling?: readonly FeederCooling[]): string {
    const input = { ...syntheticDay(), ...(cooling === undefined ? {} : { cooling }) };
    const statement = compose({
      statementId: "S-1",
      siteId: "pecan-flat",
      clientId: "alder",
      period: { from: "2024-08-20", to: "2024-08-20" },
      issuedAt: at("08:00:00"),
      settledDays: [{ input, result: settle(input) }],
    });
    return renderText(statement).replace(/\s+/g, " ");
  }
  const cooled = (feederPue: number | undefined, time = "00:00:00"): FeederCooling => ({
    clientId: "alder",
    since: at(time),
    ...(feederPue === undefined ? {} : { feederPue }),
  });

  it("the statement says it in a sentence, for either place, and for a change amid the period", () => {
    const site =
      "Cooling is metered at the site, not at your feeder: your baseline and the energy ordered off are counted " +
      "without it, as your feeder meters your machines.";
    const feeder =
      "Cooling is metered at your feeder: your baseline and the energy ordered off count 1.03 W there for each W of " +
      "your machines.";
    expect(textOf([cooled(1)])).toContain(site);
    expect(textOf([cooled(1.03)])).toContain(feeder);
    expect(textOf([cooled(1), cooled(1.03, "19:10:00")])).toContain(
      `From 2024-08-20 00:00 CDT: ${site} From 2024-08-20 19:10 CDT: ${feeder}`,
    );
    const none =
      "Where cooling is metered was not kept: your baseline and the energy ordered off count the cooling and losses " +
      "of the whole site.";
    expect(textOf([cooled(undefined), cooled(1, "19:10:00")])).toContain(
      `From 2024-08-20 00:00 CDT: ${none} From 2024-08-20 19:10 CDT: ${site}`,
    );
    expect(textOf([cooled(undefined), cooled(1), cooled(1, "19:10:00")])).toContain(
      `From 2024-08-20 00:00 CDT, a part of your machines: ${none} From 2024-08-20 00:00 CDT, a part of your ` +
        `machines: ${site} From 2024-08-20 19:10 CDT: ${site}`,
    );
  });

  it("a day that was settled without a word of it is stated to the same byte as it was", () => {
    expect(textOf()).not.toMatch(/cooling/i);
    // another client's feeder says nothing of alder's
    expect(textOf([{ ...cooled(1.03), clientId: "birch" }])).toBe(textOf());
  });
});

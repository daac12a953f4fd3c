import { describe, expect, it } from "vitest";
import { operatingPlanCsv, operatingPlanText } from "../../../src/app/status/operatingPlanText.ts";
import type { DecisionRecord } from "../../../src/domain/decision/model.ts";
import { operatingPlan } from "../../../src/domain/decision/operatingPlan.ts";
import { wallToInstant } from "../../../src/domain/market/calendar.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, cohortOfStrike, hashprice, instruction, scedLmp, site, TestSite } from "./site.ts";

/** 300 kW each at strikes of 60 and 90 $/MWh, and 20 kW of house load. */
const PLAN = site({ cohorts: [cohortOfStrike("old", "S19", 60), cohortOfStrike("new", "S21", 90)], houseKw: 20 });
const AWARD = {
  resource: "DRAW_LD1",
  qse: "QSEX",
  asType: "ECRSM",
  product: "ECRS" as const,
  awardedMw: "0.2",
  contentHash: "00",
  receivedAt: at("14:00:00"),
};

/** At 20:06 with a run at 40; day-ahead 50, 100 and 30 $/MWh from 20:00 on; an instruction to be off 22:15-22:45. */
function decided(changes: Partial<TestSite["state"]> = {}): DecisionRecord {
  const of = new TestSite(PLAN);
  of.take(hashprice("18:00:00"));
  const dayAheadPrice = [{ startsAt: at("20:00:00"), usdPerMwh: [50, 100, 30, 30] }];
  const instructions = [instruction({ from: at("22:15:00"), until: at("22:45:00") })];
  const asAwards = [{ ...AWARD, startsAt: at("23:00:00"), endsAt: at("23:59:59") }];
  of.take(scedLmp("20:00:00", 40));
  of.state = { ...of.state, dayAheadPrice, instructions, asAwards, ...changes };
  of.take(scedLmp("20:05:00", 41));
  return of.records.at(-1)!;
}

describe("the operating plan of a site for its day, made at 20:06", () => {
  const hours = operatingPlan(PLAN, decided(), "2024-08-20");

  it("has the hours that are not over: mean and lowest load, what it could, what it owes, and the mean price", () => {
    expect(operatingPlanCsv({ siteId: "pecan-draw", day: "2024-08-20" }, hours)).toBe(
      "siteId,operatingDay,hourEnding,repeatedHour,plannedMw,leastMw,lowMw,highMw," +
        "owedREGUPMw,owedREGDNMw,owedRRSMw,owedECRSMw,owedNSPINMw,expectedUsdPerMwh\n" +
        // the running quarter hour at (5 × 40 + 10 × 41) / 15, the three others at 50
        "pecan-draw,2024-08-20,21,N,0.620,0.620,0.020,0.620,,,,,,47.67\n" +
        "pecan-draw,2024-08-20,22,N,0.320,0.320,0.020,0.620,,,,,,100.00\n" +
        // everything off for two of four quarter hours: (2 × 620 + 2 × 20) / 4
        "pecan-draw,2024-08-20,23,N,0.320,0.020,0.020,0.620,,,,,,30.00\n" +
        "pecan-draw,2024-08-20,24,N,0.620,0.620,0.020,0.620,,,,0.200,,30.00\n",
    );
  });

  it("is a table whose columns of reserve are those that are owed", () => {
    const text = operatingPlanText({ siteId: "pecan-draw", day: "2024-08-20" }, hours, { columns: 80 });
    expect(text).toMatch(/^hour ending +planned +least +low +high +ECRS +\$\/MWh *$/m);
    expect(text).toMatch(/^24 +620\.0 +620\.0 +20\.0 +620\.0 +200\.0 +30\.00 *$/m);
  });

  it("counts machines that are able alone, and the low power consumption that the site is registered with", () => {
    const fleetAble = { observedAt: at("20:00:00"), cohorts: [{ cohortId: "new", machines: 40 }] };
    const record = decided({ fleetAble });
    const reserve = { resources: [], gates: [], penaltyUsdPerMwh: 0, band: { lowShare: 0.95, highShare: 1.5 } };
    const [first] = operatingPlan({ ...PLAN, reserve: { ...reserve, lowPowerKw: 35 } }, record, "2024-08-20");
    expect([first?.plannedKw, first?.lowKw, first?.highKw]).toEqual([440, 35, 440]);
  });

  it("has no hour of a day that is over, and refuses one that nobody plans yet", () => {
    expect(operatingPlan(PLAN, decided(), "2024-08-19")).toEqual([]);
    expect(() => operatingPlan(PLAN, decided(), "2024-09-20")).toThrow(/further ahead than the eight days/);
  });

  it("has 25 hours where the clock is set back, the second copy of one marked, and no price before the day is published", () => {
    const of = new TestSite(PLAN);
    const asOf = wallToInstant({ day: "2024-11-02", time: "09:00:00", repeatedHour: false });
    of.state = {
      ...of.state,
      hashprice: { usdPerPhDay: 54, asOf },
      scedRuns: [{ scedAt: addSeconds(asOf, -20), lmpUsdPerMwh: 40, knownAt: asOf }],
    };
    const tomorrow = operatingPlan(PLAN, of.decideAt(asOf), "2024-11-03");
    expect(tomorrow.map(({ hourEnding, repeatedHour }) => `${hourEnding}${repeatedHour ? "*" : ""}`)).toEqual([
      "1",
      "2",
      "2*",
      ...Array.from({ length: 22 }, (_, i) => String(i + 3)),
    ]);
    expect(tomorrow.filter(({ usdPerMwh }) => usdPerMwh !== undefined)).toEqual([]);
  });
});

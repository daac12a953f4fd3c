import { describe, expect, it } from "vitest";
import { nextText } from "../../src/app/status/nextText.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { nextNow } from "../../src/readModels/nextNow.ts";
import { at, cohortOfStrike, hashprice, order, scedLmp, site, TestSite } from "../domain/decision/site.ts";

/** 300 kW each at strikes of 60 and 90 $/MWh: off above 75 and 112.50, on below 54 and 81. */
const PLAN = site({ cohorts: [cohortOfStrike("old", "S19", 60), cohortOfStrike("new", "S21", 90)] });

/** At 18:46 with a run at 40; day-ahead 50 for the hour from 18:00, 100 for the next, and nothing after. */
function decided(): DecisionRecord {
  const of = new TestSite(PLAN);
  of.take(hashprice("18:00:00"));
  const orders = [
    order({ action: "run", cohortIds: ["old"], minKw: 150, from: at("19:30:00"), until: at("20:00:00") }),
  ];
  const dayAheadPrice = [{ startsAt: at("18:00:00"), usdPerMwh: [50, 100] }];
  of.state = { ...of.state, orders, dayAheadPrice };
  of.take(scedLmp("18:45:00", 40));
  return of.records.at(-1)!;
}

describe("the coming quarter hours of two cohorts at 18:46", () => {
  const next = nextNow(PLAN, decided(), at("20:15:00"));

  it("say what is down and for what, what an order keeps on against the price, and the price that would change each", () => {
    const shown = next.intervals.map(({ meanKw, curtailedKw, heldOnKw, offAboveUsdPerMwh, onBelowUsdPerMwh }) => [
      meanKw,
      curtailedKw,
      heldOnKw,
      offAboveUsdPerMwh,
      onBelowUsdPerMwh,
    ]);
    const worstIsDown = [300, { economic: 300 }, {}, 112.5, 54];
    expect(shown).toEqual([
      [600, {}, {}, 75, undefined],
      worstIsDown,
      worstIsDown,
      // the order's 150 kW of the cohort that the price has taken down
      [450, { economic: 150 }, { "operator-order": 150 }, 112.5, 54],
      [450, { economic: 150 }, { "operator-order": 150 }, 112.5, 54],
      // nobody foresees a price: it keeps the modes that it has
      [450, { silence: 150 }, {}, undefined, undefined],
    ]);
    expect(next.moves.map((one) => [one.at, one.cohortId, one.reason])).toEqual([
      [at("19:00:00"), "old", "economic"],
      [at("19:30:00"), "old", "economic"],
    ]);
  });

  it("are a table of 100 columns with source and age of each price, then the moves", () => {
    const text = nextText(next, { columns: 100 });
    expect(text).toMatch(/^pecan-draw, from decision 2 of 2024-08-20 18:46:00 Central on$/m);
    expect(text).toMatch(/^18:46-19:00 +40\.00 +SCED +60 s +600\.0 +75\.00 *$/m);
    expect(text).toMatch(/^19:00-19:15 +100\.00 +day-ahead +300\.0 +economic 300\.0 kW +112\.50 +54\.00 *$/m);
    expect(text).toMatch(/^19:00 old: normal to off, economic$/m);
    expect(text).toMatch(/No price is foreseen for 1 of them/);
  });

  it("mark the second copy of an hour that the clock change repeats", () => {
    const of = new TestSite(PLAN);
    const second = wallToInstant({ day: "2024-11-03", time: "01:00:00", repeatedHour: true });
    const known = { usdPerPhDay: 54, asOf: second };
    of.state = {
      ...of.state,
      hashprice: known,
      scedRuns: [{ scedAt: addSeconds(second, -20), lmpUsdPerMwh: 40, knownAt: second }],
    };
    const record = of.decideAt(second);
    expect(nextText(nextNow(PLAN, record, addSeconds(second, 900)), { columns: 100 })).toMatch(
      /^01:00 \(second\)-01:15 \(second\) +40\.00/m,
    );
  });
});

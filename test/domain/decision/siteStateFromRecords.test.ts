import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import { initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { all, at, cohort, cohortOfStrike, hashprice, scedLmp, site, TestSite } from "./site.ts";

const plan = site({ cohorts: [cohortOfStrike("old", "S19", 60), cohortOfStrike("new", "S21", 90)] });
const order: OperatorOrder = {
  orderId: "o-1",
  actor: "desk@pecan",
  reason: "transformer check",
  action: "curtail",
  cohortIds: ["new"],
  from: at("18:20:00"),
  until: at("23:00:00"),
};

function recovered(lived: TestSite, under = lived.plan) {
  const revision = Math.max(0, ...lived.records.map(({ dispatch }) => dispatch?.revision ?? 0));
  return siteStateFromRecords(under, lived.records, { recordHash: `hash-${lived.records.length}`, revision });
}

/** A dear evening: both cohorts go down, one by an order as well. */
function evening(): TestSite {
  const lived = new TestSite(plan);
  lived.take(hashprice("18:00:00"));
  lived.take(scedLmp("18:00:10", 30));
  lived.take({ kind: "order", id: "place/o-1", at: at("18:20:00"), order });
  lived.take(scedLmp("18:25:10", 400));
  return lived;
}

describe("a site made again from its own records", () => {
  it("stands where it stood: sequence, hash, revision, modes with since and reason, and the order in force", () => {
    const lived = evening();
    const state = recovered(lived);
    expect(state.sequence).toBe(lived.state.sequence);
    expect(state.previousHash).toBe(lived.state.previousHash);
    expect(state.revision).toBe(2);
    expect(state.cohorts).toEqual(lived.state.cohorts);
    expect(state.cohorts.map(({ cohortId, split, reason }) => `${cohortId} ${splitText(split)} ${reason}`)).toEqual([
      "old off economic",
      "new off operator-order",
    ]);
    expect(state.orders).toEqual([order]);
    expect(state.hashprice).toEqual(lived.state.hashprice);
    expect(state.scedRuns.map(({ lmpUsdPerMwh }) => lmpUsdPerMwh)).toEqual([30, 400]);
  });

  it("goes on with the next number of the same chain, and decides as the site would have", () => {
    const lived = evening();
    const again = new TestSite(plan);
    again.state = recovered(lived);
    const next = scedLmp("18:30:10", 20);
    lived.take(next);
    again.take(next);
    expect(again.records).toEqual([lived.records.at(-1)]);
    expect(again.records[0]?.dispatch?.revision).toBe(3);
  });

  it("does not take up again what was taken up, nor an order that was released", () => {
    const lived = evening();
    lived.take({
      kind: "release",
      id: "release/o-1",
      at: at("18:40:00"),
      orderId: "o-1",
      actor: "desk@pecan",
      reason: "done",
    });
    const again = new TestSite(plan);
    again.state = recovered(lived);
    expect(again.state.orders).toEqual([]);
    expect(again.take(scedLmp("18:25:10", 400))).toEqual({ relevant: false, duplicate: true });
    again.take({ kind: "order", id: "place/o-1/again", at: at("18:41:00"), order });
    expect(again.state.orders).toEqual([]);
  });

  it("is a new site when it has decided nothing yet", () => {
    expect(siteStateFromRecords(plan, [], { recordHash: "", revision: 0 })).toEqual(initialSiteState(plan));
  });

  it("starts a cohort in its normal mode when the present plan lacks its mode, and one that is new", () => {
    const lived = evening();
    const underclock = cohort({
      cohortId: "old",
      modes: [
        { modeId: "sleep", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
        { modeId: "normal", hashrateThs: 100, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
      ],
    });
    const state = recovered(lived, { ...plan, cohorts: [underclock, cohort({ cohortId: "added" })] });
    expect(state.cohorts).toEqual([
      { cohortId: "old", split: all("normal"), reason: "economic", unseen: {} },
      { cohortId: "added", split: all("normal"), reason: "economic", unseen: {} },
    ]);
    expect(state.sequence).toBe(lived.state.sequence);
  });

  it("agrees with the state that the ended run had, whatever the evening", () => {
    const price = fc.record({ step: fc.integer({ min: 1, max: 40 }), lmp: fc.constantFrom(20, 55, 70, 85, 120, 400) });
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 40 }), (prices) => {
        const lived = new TestSite(plan);
        lived.take(hashprice("06:00:00"));
        let when = at("06:00:10");
        for (const { step, lmp } of prices) {
          when = addSeconds(when, step * 60);
          const input = { ...scedLmp("06:00:10", lmp), id: `sced/${when}`, scedAt: when, at: when } as SiteInput;
          if (!lived.take(input).relevant) continue;
          const { scedRuns, asOf, ...rest } = lived.state;
          const state = recovered(lived);
          expect(state).toMatchObject(rest);
          expect(state.asOf).toBe(asOf);
          expect(state.scedRuns.at(-1)).toEqual(scedRuns.at(-1));
        }
      }),
      { numRuns: 60 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { all, at, cohort, type InputChanges, inputAt, site } from "./site.ts";

/** Two cohorts of 100 machines and 300 kW each, strike 75 $/MWh: a price of 20 runs them, one of 200 does not. */
const two = (over: Partial<SitePlan> = {}): SitePlan =>
  site({ cohorts: [cohort(), cohort({ cohortId: "b", model: "S21" })], ...over });
const LINE_WORK: OperatorOrder = {
  orderId: "o-12",
  actor: "maria",
  reason: "line work",
  action: "curtail",
  cohortIds: ["a"],
  from: at("18:00:00"),
  until: at("20:00:00"),
};
const PRICE = "for 18:30-18:45.";
const said = (plan: SitePlan, usdPerMwh: number, input: InputChanges = {}): string =>
  decide(plan, inputAt(plan, usdPerMwh, input)).sentence;
const inMode = (a: string, b: string): InputChanges => ({
  cohorts: [
    { cohortId: "a", split: all(a), reason: "economic" },
    { cohortId: "b", split: all(b), reason: "economic" },
  ],
});

describe("a decision says what it orders, not what comes of it", () => {
  it("machines ordered off, and the power that is if all of them follow", () => {
    expect(said(two(), 200)).toBe(
      "pecan-draw: orders 200 of 200 machines off; in all 600.0 kW (economic) below normal if all follow; expected settlement " +
        `price 200.00 $/MWh ${PRICE}`,
    );
  });

  it("one cohort ordered off while the other stays as ordered before, each kW under its own reason", () => {
    expect(said(two(), 200, { ...inMode("normal", "off"), orders: [LINE_WORK] })).toBe(
      "pecan-draw: orders 100 of 200 machines off; in all 300.0 kW (operator-order) and 300.0 kW (economic) below " +
        `normal if all follow; expected settlement price 200.00 $/MWh ${PRICE}`,
    );
  });

  it("a decision that keeps an order repeats no claim either", () => {
    expect(said(two(), 200, inMode("off", "off"))).toMatch(
      /^pecan-draw: orders no change; in all 600\.0 kW \(economic\) below normal if all follow; /,
    );
  });

  it("machines ordered back on are ordered, not restored", () => {
    expect(said(two(), 20, inMode("off", "off"))).toMatch(
      /^pecan-draw: orders 200 of 200 machines to normal; nothing below normal; /,
    );
  });

  it("some off and some on in one decision", () => {
    expect(said(two(), 20, { ...inMode("normal", "off"), orders: [LINE_WORK] })).toMatch(
      /^pecan-draw: orders 100 of 200 machines off, 100 to normal; in all 300\.0 kW \(operator-order\) below normal if all follow; /,
    );
  });

  it("a site that only advises orders nothing, and says what it would order", () => {
    expect(said(two({ control: "advise" }), 200)).toMatch(
      /^pecan-draw: orders no change; nothing below normal; would order 200 of 200 machines off, 600\.0 kW \(economic\) below normal, but may not command them; /,
    );
  });

  it("a frozen cohort is not ordered", () => {
    expect(said(two(), 200, { frozenCohorts: ["a"] })).toMatch(
      /^pecan-draw: orders 100 of 200 machines off; in all 300\.0 kW \(economic\) below normal if all follow; would order 100 of 200 machines off, 300\.0 kW \(economic\) below normal, but may not command them; frozen, no command goes to a; /,
    );
  });

  it("a frozen cohort that an order would bring back stays below normal: nobody is told that nothing is", () => {
    expect(said(two(), 20, { ...inMode("off", "off"), frozenCohorts: ["a", "b"] })).toMatch(
      /^pecan-draw: orders no change; 600\.0 kW left below normal by earlier orders; would order 200 of 200 machines to normal, but may not command them; frozen, no command goes to a, b; /,
    );
    expect(said(two(), 20, { ...inMode("off", "normal"), frozenCohorts: ["a"], orders: [LINE_WORK] })).toMatch(
      /^pecan-draw: orders no change; in all 300\.0 kW \(operator-order\) below normal if all follow; frozen, no command goes to a; /,
    );
  });

  it("12,400 kW are written as everywhere", () => {
    const large = two({ cohorts: [cohort({ machines: 4_134 })] });
    expect(said(large, 200)).toContain(
      ": orders 4,134 of 4,134 machines off; in all 12,402.0 kW (economic) below normal",
    );
  });

  it("never the words of a result", () => {
    for (const usdPerMwh of [20, 200])
      for (const input of [{}, inMode("off", "off"), { frozenCohorts: ["b"] }, { orders: [LINE_WORK] }])
        expect(said(two(), usdPerMwh, input)).not.toMatch(/curtailed|restored|confirmed|released|shed/);
  });
});

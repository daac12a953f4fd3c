import fc from "fast-check";
import { expect, it } from "vitest";
import { ErcotRequestBudget } from "../../../src/adapters/ercot/requestBudget.ts";
import { addSeconds, msOfInstant, parseInstant, secondsBetween } from "../../../src/domain/units/instant.ts";
import type { Urgency } from "../../../src/ports/requestBudget.ts";

const START = parseInstant("2026-08-18T22:00:00Z");
const at = (seconds: number) => addSeconds(START, seconds);

it("lets sixteen requests go at once and six more of what goes first, and then one every six seconds", () => {
  const budget = new ErcotRequestBudget();
  for (let i = 0; i < 22; i++) budget.take(at(0));
  expect(budget.turnAt("first", at(1))).toBe(at(6));
  budget.take(at(6));
  expect(budget.turnAt("first", at(7))).toBe(at(12));
});

it("gives what is short to SCED prices and grid levels, then to the other prices of the day, then to the rest", () => {
  const budget = new ErcotRequestBudget();
  for (let i = 0; i < 15; i++) budget.take(at(0));
  expect(budget.turnAt("first", at(1))).toBe(at(1));
  expect(budget.turnAt("soon", at(1))).toBe(at(24));
  expect(budget.turnAt("later", at(1))).toBe(at(36));
});

it("asks half as often for ten minutes after a 503, and not at all for the minute that a 429 asks for", () => {
  const slowed = new ErcotRequestBudget();
  slowed.refused(at(0), 503);
  for (let i = 0; i < 22; i++) slowed.take(at(0));
  expect(slowed.turnAt("first", at(1))).toBe(at(12));
  const paused = new ErcotRequestBudget();
  paused.refused(at(0), 429, 40);
  expect(paused.turnAt("first", at(1))).toBe(at(40));
  paused.refused(at(40), 429, 3_600);
  expect(paused.turnAt("first", at(41))).toBe(at(100));
});

it("answers all who ask at one instant alike, in whatever order they take", () => {
  const budget = new ErcotRequestBudget();
  for (let i = 0; i < 21; i++) budget.take(at(0));
  expect(budget.turnAt("first", at(1))).toBe(at(1));
  budget.take(at(1));
  budget.take(at(1));
  expect(budget.turnAt("first", at(1))).toBe(at(1));
  expect(budget.turnAt("first", at(2))).toBe(at(12));
});

it("starts anew when market time was set back", () => {
  const budget = new ErcotRequestBudget();
  for (let i = 0; i < 30; i++) budget.take(at(3_600));
  expect(budget.turnAt("first", at(0))).toBe(at(0));
});

it("whoever asks for a turn and waits for it: ten a minute, what was saved, and six that the first may borrow, are never exceeded", () => {
  const polls = fc.array(
    fc.record({
      urgency: fc.constantFrom<Urgency>("first", "soon", "later"),
      restSeconds: fc.integer({ min: 1, max: 40 }),
      requests: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 20, maxLength: 200 },
  );
  fc.assert(
    fc.property(polls, (all) => {
      const budget = new ErcotRequestBudget();
      let now = START;
      let made = 0;
      for (const { urgency, restSeconds, requests } of all) {
        now = budget.turnAt(urgency, addSeconds(now, restSeconds));
        expect(budget.turnAt(urgency, now)).toBe(now);
        for (let i = 0; i < requests; i++) budget.take(now);
        made += requests;
        // A poll may begin on the last request that is left: what it takes more is made up for before the next.
        expect(made).toBeLessThanOrEqual(22 + secondsBetween(START, now) / 6 + 3 + 1e-9);
      }
      expect(msOfInstant(now)).toBeGreaterThan(msOfInstant(START));
    }),
  );
});

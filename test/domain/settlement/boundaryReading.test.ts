import { expect, it } from "vitest";
import {
  askAgainAt,
  dayOfBoundary,
  isWorthReading,
  skipsBoundaries,
} from "../../../src/domain/settlement/boundaryReading.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const at = (time: string): Instant => `2026-08-19T${time}.000Z` as Instant;

it("a register of 05:15 counts when it is read up to a minute late", () => {
  expect(["05:15:00", "05:16:00", "05:16:01"].map((time) => isWorthReading(at("05:15:00"), at(time)))).toEqual([
    true,
    true,
    false,
  ]);
});

it("a silent meter is asked again for as long as its register counts", () => {
  const again = askAgainAt(at("05:15:00"));
  expect(again[0]).toBe(at("05:15:02"));
  expect(again.every((due) => isWorthReading(at("05:15:00"), due))).toBe(true);
});

it("from 05:00 to 05:15 no boundary is left out, to 05:30 one is", () => {
  expect([at("05:15:00"), at("05:30:00")].map((boundary) => skipsBoundaries(at("05:00:00"), boundary))).toEqual([
    false,
    true,
  ]);
});

it("Central midnight ends the day before, 00:15 belongs to the new one", () => {
  expect([at("05:00:00"), at("05:15:00")].map(dayOfBoundary)).toEqual(["2026-08-18", "2026-08-19"]);
});

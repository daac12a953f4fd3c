import { describe, expect, it } from "vitest";
import { sameDecimal } from "../../../src/domain/units/decimal.ts";

describe("two decimal texts", () => {
  it.each([
    ["5", "5.00"],
    ["63.4", "63.40"],
    ["-0.41", "-0.410"],
    ["0", "-0.00"],
  ])("%s and %s are one number", (a, b) => expect(sameDecimal(a, b)).toBe(true));

  it.each([
    ["5", "5.01"],
    ["63.4", "-63.4"],
    ["12345678901234567.01", "12345678901234567.02"],
  ])("%s and %s are two", (a, b) => expect(sameDecimal(a, b)).toBe(false));
});

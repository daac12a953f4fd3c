import { describe, expect, it } from "vitest";
import { crossCheckProblem } from "../../../src/domain/market/crossCheck.ts";

const problem = (recordUsdPerMwh: number, shownUsdPerMwh: number, sameType = true) =>
  crossCheckProblem({ recordUsdPerMwh, shownUsdPerMwh, sameType });

describe("the dashboard's price beside the price of record", () => {
  it.each([
    [63.4, 63.4],
    [63.4, 63.41],
    [-0.41, -0.42],
  ])("%d and %d $/MWh agree to the cent", (record, shown) => expect(problem(record, shown)).toBeUndefined());

  it("842.37 and 798.12 $/MWh are an alarm that names both", () => {
    expect(problem(842.37, 798.12)).toBe(
      "the second route shows 798.12 $/MWh, the route of record has 842.37; expected at most 0.01 $/MWh between them: look at both documents",
    );
    expect(problem(63.4, 63.42)).toBeDefined();
  });

  it("a load zone is compared with its energy-weighted twin within 1 $/MWh or 2 %", () => {
    expect(problem(48.1, 47.96, false)).toBeUndefined();
    expect(problem(-2000, -2039, false)).toBeUndefined();
    expect(problem(48.1, 46.9, false)).toBeDefined();
    expect(problem(-2000, -2041, false)).toBeDefined();
  });
});

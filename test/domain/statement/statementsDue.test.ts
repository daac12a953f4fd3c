import { describe, expect, it } from "vitest";
import { nextDay } from "../../../src/domain/market/calendar.ts";
import { type MonthFacts, periodsLeft, statementsDue } from "../../../src/domain/statement/statementsDue.ts";

const AUGUST = { from: "2026-08-01", to: "2026-08-31" };
const mesquite = { contractId: "mesquite-2024", effectiveFrom: "2024-01-01" };
const caprock = { contractId: "caprock-2024", effectiveFrom: "2024-01-01" };

/** Days settled under these contracts, both ends included. */
function settled(from: string, to: string, ...contracts: MonthFacts["configured"]): MonthFacts["settled"] {
  const days = [];
  for (let day = from; day <= to; day = nextDay(day)) days.push({ operatingDay: day, contracts });
  return days;
}

/** What August's close issues, one line each. */
function august(facts: Partial<MonthFacts>): string[] {
  const due = statementsDue({ month: AUGUST, configured: [], settled: [], issued: [], ...facts });
  return due.map(({ contractId, period }) => `${contractId} ${period.from}..${period.to}`);
}

describe("the statements of a month", () => {
  const july = settled("2026-07-30", "2026-07-31", mesquite, caprock);

  it("state a client of the whole month for the whole month, a day that is not settled included", () => {
    const days = [
      ...july,
      ...settled("2026-08-01", "2026-08-20", mesquite),
      ...settled("2026-08-22", "2026-08-31", mesquite),
    ];
    expect(august({ configured: [mesquite], settled: days })).toEqual(["mesquite-2024 2026-08-01..2026-08-31"]);
  });

  it("state a client that leaves on the 16th up to the 15th, and one that comes on the 16th from then on", () => {
    const leaver = { ...caprock, effectiveTo: "2026-08-16" };
    const comer = { contractId: "juniper-2026", effectiveFrom: "2026-08-16" };
    const days = [...july, ...settled("2026-08-01", "2026-08-31", mesquite, leaver, comer)];
    expect(august({ configured: [mesquite, leaver, comer], settled: days })).toEqual([
      "mesquite-2024 2026-08-01..2026-08-31",
      "caprock-2024 2026-08-01..2026-08-15",
      "juniper-2026 2026-08-16..2026-08-31",
    ]);
  });

  it("state two contracts of one client in one month each for its own days", () => {
    const old = { ...mesquite, effectiveTo: "2026-08-16" };
    const next = { contractId: "mesquite-2026", effectiveFrom: "2026-08-16" };
    expect(
      august({ configured: [old, next], settled: [...july, ...settled("2026-08-01", "2026-08-31", old, next)] }),
    ).toEqual(["mesquite-2024 2026-08-01..2026-08-15", "mesquite-2026 2026-08-16..2026-08-31"]);
  });

  it("state the contract that the days were settled under, not the one that the file has in its place", () => {
    const days = [...july, ...settled("2026-08-01", "2026-08-31", mesquite)];
    expect(august({ configured: [{ ...mesquite, contractId: "renamed" }], settled: days })).toEqual([
      "mesquite-2024 2026-08-01..2026-08-31",
    ]);
  });

  it("begin on the first settled day of a site that began amid the month, and are none for the month before it began", () => {
    expect(august({ configured: [mesquite], settled: settled("2026-08-18", "2026-08-31", mesquite) })).toEqual([
      "mesquite-2024 2026-08-18..2026-08-31",
    ]);
    expect(august({ configured: [mesquite] })).toEqual([]);
  });

  it("are asked for, and refused for all to see, when a site that ran before settled nothing in the whole month", () => {
    expect(august({ configured: [mesquite], settled: july })).toEqual(["mesquite-2024 2026-08-01..2026-08-31"]);
  });

  it("leave out the days that a statement of the contract has already", () => {
    const issued = [{ contractId: "mesquite-2024", period: { from: "2026-08-10", to: "2026-08-20" } }];
    const days = [...july, ...settled("2026-08-01", "2026-08-31", mesquite)];
    expect(august({ configured: [mesquite], settled: days, issued })).toEqual([
      "mesquite-2024 2026-08-01..2026-08-09",
      "mesquite-2024 2026-08-21..2026-08-31",
    ]);
  });
});

it("of a month of which the 10th to the 20th are stated, the days before and after are left", () => {
  const left = (from: string, to: string) => periodsLeft(AUGUST, [{ from, to }]);
  expect(left("2026-08-10", "2026-08-20")).toEqual([
    { from: "2026-08-01", to: "2026-08-09" },
    { from: "2026-08-21", to: "2026-08-31" },
  ]);
  expect(left("2026-08-01", "2026-08-31")).toEqual([]);
  expect(left("2026-09-01", "2026-09-30")).toEqual([AUGUST]);
});

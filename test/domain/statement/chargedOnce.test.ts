import { describe, expect, it } from "vitest";
import { type StatedCharges, wrongCharges } from "../../../src/domain/statement/chargedOnce.ts";

const days = (version: number, ...of: string[]) => of.map((operatingDay) => ({ operatingDay, version }));
const august: StatedCharges = {
  statement: { statementId: "august", clientId: "acme", settlementVersions: days(1, "2024-08-20", "2024-08-21") },
  adjustments: [],
};
/** A statement of another month that takes up a new version of 20 August; the 21st stays as it was. */
const adjusting = (statementId: string, day: string, previous: number, next: number): StatedCharges => ({
  statement: { statementId, clientId: "acme", settlementVersions: days(1, day) },
  adjustments: [
    {
      originalStatementId: "august",
      previous: [...days(previous, "2024-08-20"), ...days(1, "2024-08-21")],
      next: [...days(next, "2024-08-20"), ...days(1, "2024-08-21")],
    },
  ],
});
const september = adjusting("september", "2024-09-01", 1, 2);

describe("the charges of all statements of a client", () => {
  it("hold where each day is stated once and each adjustment goes on from the one before, in any order", () => {
    expect(wrongCharges([adjusting("october", "2024-10-01", 2, 4), september, august])).toEqual([]);
  });

  it("do not hold where a second statement states the same day, however right each is alone", () => {
    const again = { ...august, statement: { ...august.statement, statementId: "august-again" } };
    expect(wrongCharges([august, again])).toEqual([
      {
        statementId: "august-again",
        expected: "days that no other statement states",
        found: "2024-08-20 as in august",
      },
      {
        statementId: "august-again",
        expected: "days that no other statement states",
        found: "2024-08-21 as in august",
      },
    ]);
    const ofAnother = { ...again, statement: { ...again.statement, clientId: "borealis" } };
    expect(wrongCharges([august, ofAnother])).toEqual([]);
  });

  it("do not hold where a correction is charged a second time", () => {
    expect(wrongCharges([august, september, adjusting("october", "2024-10-01", 1, 2)])).toEqual([
      {
        statementId: "october",
        expected: "2024-08-20 of august adjusted from version 2",
        found: "2024-08-20 of august adjusted from version 1",
      },
    ]);
  });

  it("do not hold where a correction is left out between two", () => {
    expect(wrongCharges([august, adjusting("october", "2024-10-01", 2, 3)])).toEqual([
      {
        statementId: "october",
        expected: "2024-08-20 of august adjusted from version 1",
        found: "2024-08-20 of august adjusted from version 2",
      },
    ]);
  });

  it("do not hold where the statement that is adjusted is not there", () => {
    expect(wrongCharges([september]).map(({ expected }) => expected)).toEqual([
      "2024-08-20 of august adjusted from nothing charged",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { Contract, SettledDay } from "../../../src/domain/settlement/model.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import type { StatementInput } from "../../../src/domain/statement/compose.ts";
import type { Statement } from "../../../src/domain/statement/model.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { CONTRACTS, SUPPLY, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const CORRECTED = "2024-08-20/20/4";
const v1 = settle(syntheticDay());
const v2 = settle(syntheticDay({ version: 2, corrected: { [CORRECTED]: "2370" } }));
const v3 = settle(syntheticDay({ version: 3, corrected: { [CORRECTED]: "2371", "2024-08-20/21/1": "41000" } }));
const next = settle(syntheticDay({ operatingDay: "2024-08-21" }));

function statement(clientId: string, days: readonly SettledDay[], more: Partial<StatementInput> = {}): Statement {
  const from = days[0]?.operatingDay ?? "2024-08-20";
  return compose({
    statementId: `S-${clientId}-${from}`,
    siteId: "pecan-flat",
    clientId,
    period: { from, to: days.at(-1)?.operatingDay ?? from },
    issuedAt: parseInstant("2024-09-05T14:00:00Z"),
    contracts: CONTRACTS,
    supply: SUPPLY,
    settledDays: days,
    ...more,
  });
}

const amounts = (s: Statement) => Object.fromEntries(s.lines.map((line) => [line.code, line.amountCents]));
const creditCents = (s: Statement) =>
  s.lines
    .filter((line) => line.code.includes("curtailment-credit"))
    .reduce((cents, line) => cents + BigInt(line.amountCents), 0n);

describe("a day's statement", () => {
  it("has a line for each charge and each reason of curtailment, and totals its rounded lines", () => {
    const cedar = statement("cedar", [v1]);
    expect(cedar.lines.map((line) => line.code)).toEqual([
      "block",
      "index",
      "adders",
      "spread",
      "curtailment-credit:economic",
      "curtailment-credit:instruction",
    ]);
    expect(cedar.status).toBe("issued");
    expect(BigInt(cedar.totalCents)).toBe(cedar.lines.reduce((cents, line) => cents + BigInt(line.amountCents), 0n));
    expect(cedar.settlementVersions).toEqual([{ operatingDay: "2024-08-20", version: 1 }]);
  });

  it("charges 8 MW of block for 96 quarter hours: 192 MWh × 28.50 = 5,472.00", () => {
    expect(statement("cedar", [v1]).lines[0]).toMatchObject({
      quantity: "192.000",
      unit: "MWh",
      unitPrice: "28.50",
      amountCents: "547200",
    });
  });

  it("charges the fixed fee pro rata: 41,500 kW × 1.25 × 1 of 31 days = 1,673.39", () => {
    expect(amounts(statement("alder", [v1]))["fixed-fee"]).toBe("167339");
    expect(amounts(statement("alder", [v1, next]))["fixed-fee"]).toBe("334677");
  });

  it("cites contract version, clause and price version on every line", () => {
    const [, energy, credit] = statement("alder", [v1]).lines;
    expect(energy?.source).toBe("contract HA-1 version 1, clause 4.1; settlement price version 1");
    expect(credit?.source).toBe("contract HA-1 version 1, clause 6.2; settlement price version 1");
  });

  it("shows the three dearest intervals of a credit and where the others are", () => {
    const line = statement("alder", [v1]).lines.find((l) => l.code === "curtailment-credit:economic");
    expect(line?.buildUp).toContain(
      "2024-08-20 20:15 (HE 21, interval 2): 10.025 MWh at 842.37 $/MWh = 8,444.75925 $, yours 4,687.840375 $",
    );
    expect(line?.buildUp).toContain("and 6 more intervals, in the interval file");
  });
});

describe("contracts superseded in the period", () => {
  it("give one energy line for each version", () => {
    const [first, ...others] = CONTRACTS as [Contract, ...Contract[]];
    const contracts = [
      first,
      {
        ...first,
        version: 2,
        effectiveFrom: "2024-08-21",
        energy: { kind: "fixed-rate" as const, rateUsdPerKwh: "0.08", clause: "4.1" },
      },
      ...others,
    ];
    const days = ["2024-08-20", "2024-08-21"].map((operatingDay) => settle(syntheticDay({ operatingDay, contracts })));
    const s = statement("alder", days, { contracts });
    expect(s.contractVersions).toEqual([1, 2]);
    expect(s.lines.filter((line) => line.code === "fixed-energy").map((line) => line.unitPrice)).toEqual([
      "0.072",
      "0.08",
    ]);
  });
});

describe("a correction after issue", () => {
  const adjusted = (clientId: string, previous: SettledDay, now: SettledDay) =>
    statement(clientId, [next], {
      adjustments: [
        {
          originalStatementId: `S-${clientId}-2024-08-20`,
          originalPeriod: { from: "2024-08-20", to: "2024-08-20" },
          previous: [previous],
          next: [now],
        },
      ],
    });

  it("takes back 0.70 × 6.675 MWh × (2,667.64 − 23.70) = 12,353.81 on the next statement, naming the old one", () => {
    const line = adjusted("birch", v1, v2).lines.find((l) => l.adjustmentOf !== undefined);
    expect(line).toMatchObject({
      code: "adjustment:curtailment-credit:instruction",
      amountCents: "1235381",
      adjustmentOf: "S-birch-2024-08-20",
    });
    expect(line?.source).toContain("settlement 2024-08-20 version 1 → 2 (resettlement)");
    expect(line?.buildUp).toContain(
      "2024-08-20 19:45 (HE 20, interval 4): 2,667.64 $/MWh, 0.225 MWh metered, 6.675 curtailed → 23.70 $/MWh, 0.225 MWh metered, 6.675 curtailed",
    );
  });

  it.each(["alder", "birch", "cedar"])(
    "leaves %s, over all statements, with what the newest settlement alone gives",
    (clientId) => {
      const issued = creditCents(statement(clientId, [v1]));
      const second = creditCents(adjusted(clientId, v1, v2)) - creditCents(statement(clientId, [next]));
      const third = creditCents(adjusted(clientId, v2, v3)) - creditCents(statement(clientId, [next]));
      expect(issued + second + third).toBe(creditCents(statement(clientId, [v3])));
    },
  );

  it("leaves the client's other lines alone and says which version is charged from now on", () => {
    const s = adjusted("alder", v1, v2);
    expect(s.lines.filter((line) => line.adjustmentOf !== undefined).map((line) => line.code)).toEqual([
      "adjustment:curtailment-credit:instruction",
    ]);
    expect(s.adjustedVersions).toEqual([
      { originalStatementId: "S-alder-2024-08-20", operatingDay: "2024-08-20", version: 2 },
    ]);
  });
});

describe("a period that is not complete is a draft", () => {
  it("when an interval lacks its price", () => {
    const input = syntheticDay();
    const day = settle({
      ...input,
      intervals: input.intervals.map((i, n) => (n === 40 ? { ...i, price: undefined } : i)),
    });
    const s = statement("alder", [day]);
    expect(s.status).toBe("draft");
    expect(s.openItems).toEqual([
      "2024-08-20 version 1: 1 interval without settlement price of HB_HOUSTON (HU); first 2024-08-20/11/1",
    ]);
  });

  it("when a day is not settled, or a check of one fails", () => {
    expect(statement("alder", [v1], { period: { from: "2024-08-20", to: "2024-08-21" } }).openItems).toEqual([
      "2024-08-21 is not settled",
    ]);
    const broken = { ...v1, checks: [{ name: "x", left: "1", right: "2", difference: "1", holds: false }] };
    expect(statement("alder", [broken]).openItems).toEqual(["2024-08-20 version 1: x: 1 against 2"]);
  });
});

describe("a statement that cannot be", () => {
  it("is refused: nobody's contract, another site's day, one day twice", () => {
    expect(() => statement("nobody", [v1])).toThrow(
      /client nobody has no contract in force from 2024-08-20 to 2024-08-20/,
    );
    expect(() => statement("alder", [{ ...v1, siteId: "elsewhere" }])).toThrow(
      /is of site elsewhere; expected pecan-flat/,
    );
    expect(() => statement("alder", [v1, v2], { period: { from: "2024-08-20", to: "2024-08-20" } })).toThrow(
      /given in versions 1 and 2; expected one/,
    );
  });
});

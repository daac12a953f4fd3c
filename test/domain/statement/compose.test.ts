import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { Contract, DaySettlement } from "../../../src/domain/settlement/model.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import type { StatementInput } from "../../../src/domain/statement/compose.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import type { Statement } from "../../../src/domain/statement/model.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { CONTRACTS, type DayOptions, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const CORRECTED = "2024-08-20/20/4";
const settled = (options: DayOptions = {}): DaySettlement => {
  const input = syntheticDay(options);
  return { input, result: settle(input) };
};
const v1 = settled();
const v2 = settled({ version: 2, corrected: { [CORRECTED]: "2370" } });
const v3 = settled({ version: 3, corrected: { [CORRECTED]: "2371", "2024-08-20/21/1": "41000" } });
const next = settled({ operatingDay: "2024-08-21" });

function statement(clientId: string, days: readonly DaySettlement[], more: Partial<StatementInput> = {}): Statement {
  const from = days[0]?.result.operatingDay ?? "2024-08-20";
  return compose({
    statementId: `S-${clientId}-${from}`,
    siteId: "pecan-flat",
    clientId,
    period: { from, to: days.at(-1)?.result.operatingDay ?? from },
    issuedAt: parseInstant("2024-09-05T14:00:00Z"),
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
      "2024-08-20 20:15 CDT (HE 21, interval 2): 10.025 MWh at 842.37 $/MWh: gross credit -8,444.75925 $, yours -4,687.840375 $",
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
    const days = ["2024-08-20", "2024-08-21"].map((operatingDay) => settled({ operatingDay, contracts }));
    const s = statement("alder", days);
    expect(s.contractVersions).toEqual([1, 2]);
    expect(s.lines.filter((line) => line.code === "fixed-energy").map((line) => line.unitPrice)).toEqual([
      "0.072",
      "0.08",
    ]);
  });
});

describe("terms that were edited without a new version number", () => {
  const [alder, ...others] = CONTRACTS as [Contract, ...Contract[]];
  const dearer = { ...alder, energy: { kind: "fixed-rate" as const, rateUsdPerKwh: "0.08", clause: "4.1" } };
  const second = settled({ operatingDay: "2024-08-21", contracts: [dearer, ...others] });

  it("are each charged and shown as the days were settled: a line for each rate, and no charge is lost", () => {
    const s = statement("alder", [v1, second]);
    const energy = s.lines.filter((line) => line.code === "fixed-energy");
    expect(energy.map((line) => line.unitPrice)).toEqual(["0.072", "0.08"]);
    const alone = (day: DaySettlement) => BigInt(statement("alder", [day]).totalCents);
    expect(BigInt(s.totalCents)).toBe(alone(v1) + alone(second));
  });

  it("have the statement refused when a day does not hold the contract that an interval was settled under", () => {
    const lost = { ...v1, input: { ...v1.input, contracts: [{ ...alder, version: 2 }, ...others] } };
    expect(() => statement("alder", [lost])).toThrow(
      "2024-08-20 version 1: interval 2024-08-20/1/1 of alder was settled under contract HA-1 version 1, which is not kept with the day",
    );
  });
});

describe("a correction after issue", () => {
  const adjusted = (clientId: string, previous: DaySettlement, now: DaySettlement) =>
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
      "2024-08-20 19:45 CDT (HE 20, interval 4): 2,667.64 $/MWh, 0.225 MWh metered, 6.675 curtailed → 23.70 $/MWh, 0.225 MWh metered, 6.675 curtailed",
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

  it("has every corrected interval in the interval file, with rows that add up to the line before rounding", () => {
    const five = ["2024-08-20/20/1", "2024-08-20/20/2", "2024-08-20/20/3", CORRECTED, "2024-08-20/21/1"];
    const many = settled({ version: 2, corrected: Object.fromEntries(five.map((key) => [key, "2370"])) });
    const adjustments = [
      {
        originalStatementId: "S-birch-2024-08-20",
        originalPeriod: { from: "2024-08-20", to: "2024-08-20" },
        previous: [v1],
        next: [many],
      },
    ];
    const s = statement("birch", [next], { adjustments });
    const [header, ...rows] = parse(papersOf(s, [next], adjustments).intervalsCsv) as [string[], ...string[][]];
    const cell = (row: string[], column: string): string => row[header.indexOf(column)] as string;
    expect(rows).toHaveLength(96 + 2 * five.length);
    const corrected = rows.filter((row) => cell(row, "adjusts_statement") === "S-birch-2024-08-20");
    expect(corrected.map((row) => [cell(row, "interval"), cell(row, "row")])).toEqual(
      five.flatMap((key) => [
        [key, "taken back"],
        [key, "now"],
      ]),
    );
    for (const line of s.lines.filter(({ adjustmentOf }) => adjustmentOf !== undefined)) {
      const reason = line.code.split(":")[2];
      const usd = corrected.reduce((sum, row) => sum + Number(cell(row, `client_credit_${reason}_usd`)), 0);
      expect(Math.abs(usd - Number(line.amountCents) / 100)).toBeLessThan(0.01);
    }
    expect(s.lines.filter(({ adjustmentOf }) => adjustmentOf !== undefined)).toHaveLength(2);
  });

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
    const whole = syntheticDay();
    const input = {
      ...whole,
      intervals: whole.intervals.map((i, n) => (n === 40 ? { ...i, price: undefined } : i)),
    };
    const s = statement("alder", [{ input, result: settle(input) }]);
    expect(s.status).toBe("draft");
    expect(s.openItems).toEqual([
      "2024-08-20 version 1: 1 interval without settlement price of HB_HOUSTON (HU); first 2024-08-20/11/1",
    ]);
  });

  it("when a day is not settled, or a check of one fails", () => {
    expect(statement("alder", [v1], { period: { from: "2024-08-20", to: "2024-08-21" } }).openItems).toEqual([
      "2024-08-21 is not settled",
    ]);
    const checks = [{ name: "x", left: "1", right: "2", difference: "1", holds: false }];
    const broken = { ...v1, result: { ...v1.result, checks } };
    expect(statement("alder", [broken]).openItems).toEqual(["2024-08-20 version 1: x: 1 against 2"]);
  });
});

describe("a statement that cannot be", () => {
  it("is refused: nobody's contract, another site's day, one day twice", () => {
    expect(() => statement("nobody", [v1])).toThrow(
      /client nobody has no contract in force on the settled days of 2024-08-20 to 2024-08-20/,
    );
    expect(() => statement("alder", [{ ...v1, result: { ...v1.result, siteId: "elsewhere" } }])).toThrow(
      /is of site elsewhere; expected pecan-flat/,
    );
    expect(() => statement("alder", [v1, v2], { period: { from: "2024-08-20", to: "2024-08-20" } })).toThrow(
      /given in versions 1 and 2; expected one/,
    );
  });
});

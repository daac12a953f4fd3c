import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { Contract, DaySettlement, SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import type { StatementAdjustment } from "../../../src/domain/statement/adjustmentLines.ts";
import type { Column } from "../../../src/domain/statement/columns.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { intervalColumns } from "../../../src/domain/statement/intervalColumns.ts";
import { intervalRows } from "../../../src/domain/statement/intervalRows.ts";
import { lineColumns } from "../../../src/domain/statement/lineColumns.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import type { Papers } from "../../../src/domain/statement/renderers/index.ts";
import { renderText } from "../../../src/domain/statement/renderers/text.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { CLIENTS, CONTRACTS, type DayOptions, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const settled = (input: SettlementDayInput): DaySettlement => ({ input, result: settle(input) });
const day = (options: DayOptions = {}): DaySettlement => settled(syntheticDay(options));

function statementOf(clientId: string, days: readonly DaySettlement[], adjustments?: readonly StatementAdjustment[]) {
  return compose({
    statementId: `HB/${clientId}`,
    siteId: "pecan-flat",
    clientId,
    issuedAt: parseInstant("2024-11-09T02:30:00Z"),
    settledDays: days,
    adjustments,
    period: { from: days[0]!.result.operatingDay, to: days.at(-1)!.result.operatingDay },
  });
}

function papers(
  clientId: string,
  days: readonly DaySettlement[],
  adjustments?: readonly StatementAdjustment[],
): Papers {
  return papersOf(statementOf(clientId, days, adjustments), days, adjustments);
}

type Cells = Readonly<Record<string, string>>;
const rowsOf = (csv: string): Cells[] => parse(csv, { columns: true });

describe("the papers of a client", () => {
  const evening = rowsOf(papers("cedar", [day()]).intervalsCsv);
  const row = (interval: string): Cells => evening.find((cells) => cells["interval"] === interval)!;

  it("show what was ordered off and that it caps the curtailed energy: 600 s and 300 s of 8.7 MW are 2,175 kWh", () => {
    expect(row("2024-08-20/20/3")).toMatchObject({
      ordered_off_parts: "cedar-s19 economic 600 s 8700000 W; cedar-s19 instruction 300 s 8700000 W",
      baseline_kwh: "2275.000",
      energy_kwh: "100.000",
      ordered_off_kwh: "2175.000",
      curtailed_kwh: "2175.000",
      curtailed_economic_kwh: "1450.000",
      curtailed_instruction_kwh: "725.000",
    });
    expect(row("2024-08-20/1/1")).toMatchObject({
      ordered_off_parts: "",
      ordered_off_kwh: "0.000",
      curtailed_kwh: "0.000",
    });
  });

  it("have a credit below its gap to the baseline where less was ordered off, and the row says so", () => {
    const input = syntheticDay();
    const own = settled({
      ...input,
      intervals: input.intervals.map((one) => ({
        ...one,
        curtailed: one.curtailed.map((span) => ({ ...span, seconds: span.seconds / 2, belowNormalW: 3_333_333 })),
      })),
    });
    const rows = rowsOf(papers("cedar", [own]).intervalsCsv);
    // 450 s × 3,333,333 W ÷ 3600 = 416,666.625 Wh
    expect(rows.find((cells) => cells["interval"] === "2024-08-20/21/2")).toMatchObject({
      ordered_off_kwh: "416.667",
      curtailed_kwh: "416.667",
    });
  });

  it("carry the terms in every row, each row by the contract version of its day, and in full in the text", () => {
    const [alder, ...others] = CONTRACTS as [Contract, ...Contract[]];
    const second: Contract = {
      ...alder,
      version: 2,
      effectiveFrom: "2024-08-21",
      fixedFeeUsdPerKwMonth: undefined,
      energy: { kind: "fixed-rate", rateUsdPerKwh: "0.08", clause: "4.1" },
    };
    const days = ["2024-08-20", "2024-08-21"].map((operatingDay) =>
      day({ operatingDay, contracts: [alder, second, ...others] }),
    );
    const { intervalsCsv, text } = papers("alder", days);
    const rows = rowsOf(intervalsCsv);
    expect(
      [rows[0], rows.at(-1)].map((cells) => [
        cells!["contract_version"],
        cells!["rate_usd_per_kwh"],
        cells!["fixed_fee_usd_per_kw_month"],
        cells!["strike_usd_per_mwh"],
        cells!["client_share"],
      ]),
    ).toEqual([
      ["1", "0.072", "1.25", "92.86", "0.50"],
      ["2", "0.08", "", "92.86", "0.50"],
    ]);
    expect(text.replace(/\s+/g, " ")).toContain(
      "HA-1 version 2, in force from 2024-08-21 on; 1 day of this statement, 2024-08-21 to 2024-08-21 Energy: all-in rate 0.08 $/kWh (clause 4.1) " +
        "Credit: the price up to 92.86 $/MWh, and 0.50 of what is above; never below 0 (clause 6.2) Fixed fee: none; contracted 41,500 kW",
    );
  });

  it("have one sign in text and files: a credit is negative in the line, the interval and the words", () => {
    const { text, csv, intervalsCsv } = papers("alder", [day()]);
    const words = text.replace(/\s+/g, " ");
    expect(words).toContain("gross credit -8,444.75925 $, yours -4,687.840375 $");
    expect(words).not.toMatch(/(?:yours|gross credit) \d/);
    const lines = rowsOf(csv);
    const column = (name: string) =>
      rowsOf(intervalsCsv).flatMap((cells) => (cells[name] === "" ? [] : [Number(cells[name])]));
    for (const { code, amount_usd } of lines.filter((cells) => cells["code"] !== "fixed-fee") as {
      code: string;
      amount_usd: string;
    }[]) {
      const [kind, reason] = code.split(":");
      const amounts = column(reason === undefined ? `charge_${kind}_usd` : `client_credit_${reason}_usd`);
      expect(amounts.every((usd) => Math.sign(usd) === Math.sign(Number(amount_usd)))).toBe(true);
      expect(Math.abs(amounts.reduce((sum, usd) => sum + usd, 0) - Number(amount_usd))).toBeLessThan(0.01);
    }
    expect(text).toContain(" -19,951.12\n");
    expect(text).toContain("due from you positive, credited to you negative");
  });

  it("tell the two copies of the autumn hour apart, 100 intervals without a gap, and name the zone of every time", () => {
    const { intervalsCsv, csv, text } = papers("birch", [day({ operatingDay: "2024-11-03" })]);
    const rows = rowsOf(intervalsCsv);
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map((cells) => cells["interval_start_central"])).size).toBe(100);
    expect(rows.slice(4, 9).map((cells) => cells["interval_start_central"])).toEqual([
      "2024-11-03T01:00:00-05:00",
      "2024-11-03T01:15:00-05:00",
      "2024-11-03T01:30:00-05:00",
      "2024-11-03T01:45:00-05:00",
      "2024-11-03T01:00:00-06:00",
    ]);
    rows.forEach((cells, i) => {
      expect(parseInstant(cells["interval_start_central"]!)).toBe(cells["interval_start_utc"]);
      if (i > 0) expect(cells["interval_start_central"]).toBe(rows[i - 1]!["interval_end_central"]);
    });
    expect(rowsOf(csv)[0]).toMatchObject({
      issued_at_central: "2024-11-08T20:30:00-06:00",
      issued_at_utc: "2024-11-09T02:30:00.000Z",
      dispute_until: "2024-12-23",
    });
    expect(text).toContain("Issued      2024-11-08 20:30 CST\n");
    const words = text.replace(/\s+/g, " ");
    expect(words.match(/\d\d:\d\d(?! C[DS]T)/g)).toEqual(["05:00", "06:00"]);
    expect(rowsOf(papers("alder", [day({ operatingDay: "2024-03-10" })]).intervalsCsv)).toHaveLength(92);
  });

  it("list an interval that is not settled as open, with what it lacks, blank and never 0", () => {
    const whole = syntheticDay();
    const input = {
      ...whole,
      intervals: whole.intervals.map((one, n) => (n === 40 ? { ...one, price: undefined } : one)),
    };
    const draft = papers("alder", [settled(input)]);
    const rows = rowsOf(draft.intervalsCsv);
    expect(rowsOf(draft.csv)[0]).toMatchObject({ status: "draft", dispute_until: "" });
    expect(draft.text).toContain("TOTAL of the draft, not due, USD");
    expect(draft.text).not.toContain("To dispute");
    expect(rows).toHaveLength(96);
    expect(rows[40]).toMatchObject({
      row: "open",
      open_item: "settlement price of HB_HOUSTON (HU)",
      rate_usd_per_kwh: "0.072",
      energy_kwh: "",
      "charge_fixed-energy_usd": "",
      row_amount_usd: "",
    });
  });
});

describe("the guide to a client's papers", () => {
  const corrected = day({ version: 2, corrected: { "2024-08-20/20/4": "2370" } });
  const adjustments = (clientId: string): StatementAdjustment[] => [
    {
      originalStatementId: `S-${clientId}`,
      originalPeriod: { from: "2024-08-20", to: "2024-08-20" },
      previous: [day()],
      next: [corrected],
    },
  ];
  const next = day({ operatingDay: "2024-08-21" });

  it.each(CLIENTS.map(({ clientId }) => clientId))("explains every column of %s's files, and no other", (clientId) => {
    const { guide, csv, intervalsCsv } = papers(clientId, [next], adjustments(clientId));
    const explained = [...guide.matchAll(/^ {2}(\S+) \[.+\]$/gm)].map(([, name]) => name);
    const header = (file: string): string[] => file.split("\n")[0]!.split(",");
    expect(explained).toEqual([...header(csv), ...header(intervalsCsv)]);
    const statement = statementOf(clientId, [next], adjustments(clientId));
    const columns: readonly Column<never>[] = [
      ...lineColumns(statement),
      ...intervalColumns(intervalRows(statement, [next], adjustments(clientId))),
    ];
    for (const { name, unit, meaning, sign } of columns) {
      expect([name, unit.length > 0, /^[\p{L}\d].*\.$/u.test(meaning)]).toEqual([name, true, true]);
      if (name.endsWith("_usd") && unit === "USD")
        expect([name, sign]).toEqual([name, expect.stringMatching(/positive|negative/)]);
    }
  });

  it("says until when to dispute, how it is rounded, and fits 100 columns", () => {
    const { guide } = papers("birch", [next]);
    expect(guide).toContain("Write to the host by 2024-12-23 (Central), 45 days from issue");
    expect(guide.replace(/\s+/g, " ")).toContain("exact, rounded to cents once");
    expect(guide.split("\n").filter((line) => [...line].length > 100)).toEqual([]);
  });
});

describe("a statement on a screen of 80 columns", () => {
  it.each(CONTRACTS.map(({ clientId }) => clientId))(
    "has the words and figures of %s's paper, each line's amount in its row",
    (clientId) => {
      const statement = statementOf(clientId, [day()]);
      const [paper, screen] = [renderText(statement), renderText(statement, 80)];
      const figures = (text: string) => (text.match(/[\d,.]*\d/g) ?? []).toSorted();
      const words = (text: string) =>
        text
          .replace(/[-=]{20,}/g, "")
          .split(/\s+/)
          .toSorted();
      expect(figures(screen)).toEqual(figures(paper));
      expect(words(screen)).toEqual(words(paper));
      expect(screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
      const amounts = (text: string) =>
        text.split("\n").flatMap((line) => /^ {1,2}(\d+) {2}\S.* (-?[\d,]+\.\d\d)$/.exec(line)?.slice(1) ?? []);
      expect(amounts(screen)).toHaveLength(statement.lines.length * 2);
      expect(amounts(screen)).toEqual(amounts(paper));
      expect(renderText(statement, 40)).toBe(renderText(statement, 76));
      expect(renderText(statement, 200)).toBe(paper);
    },
  );
});

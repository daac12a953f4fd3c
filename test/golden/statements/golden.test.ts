import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/domain/evidence/canonicalJson.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { SettledDay, SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import { renderText } from "../../../src/domain/statement/renderers/text.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { keptDay } from "./keptDay.ts";
import { CLIENTS, syntheticDay } from "./syntheticDay.ts";

const FOLDER = import.meta.dirname;
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";

/** Compares with the kept file; UPDATE_GOLDEN=1 writes it instead, to be read over before it is committed. */
function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, name);
  if (UPDATE) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

/** One interval a line, so that a change is one line of a diff. */
function dayText(input: SettlementDayInput): string {
  const { intervals, ...head } = input;
  return (
    `${JSON.stringify(head, undefined, 1).slice(0, -2)},\n "intervals": ` +
    `[\n${intervals.map((i) => `  ${JSON.stringify(i)}`).join(",\n")}\n ]\n}\n`
  );
}

function statementOf(clientId: string, day: SettlementDayInput) {
  const settled = settle(day);
  return { statement: composeDay(clientId, day, settled), settled };
}

function composeDay(clientId: string, day: SettlementDayInput, settled: SettledDay) {
  const { operatingDay } = day;
  return compose({
    statementId: `PF-${clientId}-${operatingDay}`,
    siteId: day.siteId,
    clientId,
    period: { from: operatingDay, to: operatingDay },
    issuedAt: parseInstant("2024-08-22T14:00:00Z"),
    settledDays: [{ input: day, result: settled }],
  });
}

describe("statements of a scarcity day", () => {
  it("the day is the one kept beside them", () => {
    expectGolden("day.json", dayText(syntheticDay()));
  });

  it.each(CLIENTS.map((client) => client.clientId))(
    "%s gets the same bytes as ever, also from a result that was stored with its keys in another order",
    (clientId) => {
      const { statement, settled } = statementOf(clientId, keptDay());
      const kept = JSON.parse(canonicalJson(settled)) as SettledDay;
      expect(renderText(composeDay(clientId, keptDay(), kept))).toBe(renderText(statement));
      const papers = papersOf(statement, [{ input: keptDay(), result: settled }]);
      expect(papersOf(statement, [{ input: keptDay(), result: kept }])).toEqual(papers);
      expectGolden(`${clientId}.txt`, papers.text);
      expectGolden(`${clientId}.csv`, papers.csv);
      expectGolden(`${clientId}-intervals.csv`, papers.intervalsCsv);
      expectGolden(`${clientId}-guide.txt`, papers.guide);
    },
  );

  it("birch's next statement adjusts a price corrected from 2,667.64 to 23.70, and does not touch the first", () => {
    const day = keptDay();
    const original = statementOf("birch", day);
    const before = renderText(original.statement);
    const settledDay = (options: Parameters<typeof syntheticDay>[0]) => ({
      input: syntheticDay(options),
      result: settle(syntheticDay(options)),
    });
    const corrected = settledDay({ version: 2, corrected: { "2024-08-20/20/4": "2370" } });
    const settledDays = [settledDay({ operatingDay: "2024-08-21" })];
    const adjustments = [
      {
        originalStatementId: original.statement.statementId,
        originalPeriod: original.statement.period,
        previous: [{ input: day, result: original.settled }],
        next: [corrected],
      },
    ];
    const adjusted = compose({
      statementId: "PF-birch-2024-08-21",
      siteId: day.siteId,
      clientId: "birch",
      period: { from: "2024-08-21", to: "2024-08-21" },
      issuedAt: parseInstant("2024-10-22T14:00:00Z"),
      settledDays,
      adjustments,
    });
    const papers = papersOf(adjusted, settledDays, adjustments);
    expectGolden("birch-adjusted.txt", papers.text);
    expectGolden("birch-adjusted.csv", papers.csv);
    expectGolden("birch-adjusted-intervals.csv", papers.intervalsCsv);
    expect(renderText(original.statement)).toBe(before);
  });

  it("is readable on 100 columns, with plain characters of one column each", () => {
    for (const name of [...CLIENTS.flatMap(({ clientId }) => [clientId, `${clientId}-guide`]), "birch-adjusted"]) {
      const lines = readFileSync(join(FOLDER, `${name}.txt`), "utf8").split("\n");
      expect(lines.filter((line) => [...line].length > 100 || line !== line.trimEnd())).toEqual([]);
    }
  });

  it("an independent calculation in Python with fractions comes to the same cents and the same 10⁻⁸ in every interval", (context) => {
    if (spawnSync("python3", ["--version"]).status !== 0)
      context.skip("python3 is not installed: the independent calculation of the golden statements did not run");
    const output = execFileSync("python3", [join(FOLDER, "check.py")], { encoding: "utf8" });
    expect(output).toMatch(/^4 statements, 17 lines and 288 intervals agree$/m);
  });

  it.for([
    ["birch", /birch line 1 fixed-energy/],
    ["birch-adjusted", /birch-adjusted line 4: stated 1235381 cents, recomputed 1235382/],
  ] as const)("that calculation finds a cent that is wrong in %s", ([name, where], context) => {
    if (spawnSync("python3", ["--version"]).status !== 0)
      context.skip("python3 is not installed: the independent calculation of the golden statements did not run");
    const wrong = spawnSync("python3", [join(FOLDER, "check.py"), "--add-cent", name], { encoding: "utf8" });
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toMatch(where);
  });
});

import { formatUsd } from "../../units/money.ts";
import { coolingSentences } from "../coolingOfPeriod.ts";
import { grouped } from "../../units/figures.ts";
import type { Statement, StatementLine } from "../model.ts";
import { centralMinute } from "../../settlement/centralText.ts";
import { disputeUntil } from "../disputeUntil.ts";
import { PAPER_WIDTH, fitted, wrapped } from "../wrapped.ts";
import type { Renderer } from "./renderer.ts";

const INDENT = 5;
/** Characters that a description has in a row of the paper's width. */
const DESCRIPTION_WIDTH = 42;
/** Narrower, no row has room for its description and its figures side by side. */
const WIDTH_MIN = 76;

/**
 * The statement as the client reads it: fixed width, lines with their build-up, total, and how to dispute. Ends with a
 * line feed. The same statement gives the same bytes. The paper has 100 columns; `widthColumns` is that of a narrower
 * screen: the same words and figures, at least 76 columns.
 */
export function renderText(statement: Statement, widthColumns: number = PAPER_WIDTH): string {
  const width = Math.min(Math.max(widthColumns, WIDTH_MIN), PAPER_WIDTH);
  const rule = "-".repeat(width);
  const body = statement.lines.flatMap((line, i) => lineText(line, i + 1, width));
  return [
    ...(statement.status === "draft" ? [...draftText(statement, width), ""] : []),
    "STATEMENT OF HOSTING CHARGES AND CURTAILMENT CREDITS",
    "=".repeat(width),
    ...headText(statement, width),
    rule,
    row(["#", "Description", "Quantity", "Unit", "Unit price", "Amount USD"], width),
    rule,
    ...(body.length === 0 ? ["     No charges and no credits in this period."] : body),
    rule,
    totalText(statement, width),
    "=".repeat(width),
    ...footText(statement, width),
    "",
  ].join("\n");
}

function draftText(statement: Statement, width: number): string[] {
  const items = statement.openItems ?? [];
  return [
    "DRAFT - NOT ISSUED. Nothing is due on it. Open:",
    ...items.flatMap((item) => wrapped(item, "  - ", "    ", width)),
  ];
}

function headText(statement: Statement, width: number): string[] {
  const { period } = statement;
  const facts: readonly (readonly [string, string])[] = [
    ["Statement", statement.statementId],
    [statement.status === "issued" ? "Issued" : "Composed", centralMinute(statement.issuedAt)],
    ["Client", `${statement.clientName} (${statement.clientId})`],
    ["Site", statement.siteId],
    ["Contract", `${statement.contractId}, version ${statement.contractVersions.join(", ")}`],
    ["Period", `${period.from} to ${period.to}, operating days in Central Prevailing Time, both included`],
    ["Times", "Central Prevailing Time: CDT is UTC-05:00, CST is UTC-06:00"],
    ["Amounts", "US dollars; due from you positive, credited to you negative"],
    ["Settlement", statement.settlementVersions.map((v) => `${v.operatingDay} version ${v.version}`).join(", ")],
  ];
  const terms = (statement.contractTerms ?? []).flatMap((term, i) =>
    wrapped(term, (i === 0 ? "Terms" : "").padEnd(12), " ".repeat(14), width),
  );
  return [...facts.flatMap(([name, value]) => wrapped(value, name.padEnd(12), " ".repeat(12), width)), ...terms];
}

function lineText(line: StatementLine, number: number, width: number): string[] {
  const [first = "", ...rest] = fitted(line.description, descriptionWidth(width));
  const cells = [
    String(number),
    first,
    grouped(line.quantity ?? ""),
    line.unit ?? "",
    grouped(line.unitPrice ?? ""),
    grouped(formatUsd(BigInt(line.amountCents))),
  ];
  const pad = " ".repeat(INDENT);
  return [
    row(cells, width),
    ...rest.map((text) => `${pad}${text}`),
    ...line.buildUp.flatMap((text) => wrapped(text, `${pad}. `, `${pad}  `, width)),
    ...wrapped(line.source, `${pad}Source: `, `${pad}        `, width),
    "",
  ];
}

function descriptionWidth(width: number): number {
  return DESCRIPTION_WIDTH - (PAPER_WIDTH - width);
}

function row(
  [number = "", description = "", quantity = "", unit = "", price = "", amount = ""]: readonly string[],
  width: number,
): string {
  const left = `${number.padStart(3)}  ${description.padEnd(descriptionWidth(width))}`;
  return (
    `${left} ${quantity.padStart(15)} ${unit.padEnd(4)} ` + `${price.padStart(12)} ${amount.padStart(17)}`.trimEnd()
  );
}

function totalText({ status, totalCents }: Statement, width: number): string {
  const cents = BigInt(totalCents);
  const due = cents < 0n ? "TOTAL in the client's favor, USD" : "TOTAL due from the client, USD";
  const what = status === "draft" ? "TOTAL of the draft, not due, USD" : due;
  const amount = grouped(formatUsd(cents));
  const amountEnd = row(["", "", "", "", "", amount], width).length;
  return `${" ".repeat(INDENT)}${what}`.padEnd(amountEnd - amount.length) + amount;
}

function footText(statement: Statement, width: number): string[] {
  const point = statement.priceSource === undefined ? "the site's settlement point" : statement.priceSource;
  return [
    ...wrapped(`Each line is rounded to cents once; the total is the sum of the lines.`, "", "", width),
    ...wrapped(
      `Prices: ERCOT real-time settlement point prices (RTSPP) at ${point}, as published, in the versions named ` +
        `with each line. ERCOT may correct them later. This statement is never changed: a correction comes as an ` +
        `adjustment line on the next one.`,
      "",
      "",
      width,
    ),
    ...wrapped(
      `Energy: differences of the cumulative registers of your feeder meter. Every interval is in the interval ` +
        `file with all that its amounts follow from; its charges and client credits add up to the lines above before ` +
        `rounding, but for the fixed fee, which has no intervals. The guide explains every file and column.`,
      "",
      "",
      width,
    ),
    ...coolingSentences(statement.cooling ?? []).flatMap((sentence) => wrapped(sentence, "", "", width)),
    ...disputeText(statement, width),
  ];
}

function disputeText(statement: Statement, width: number): string[] {
  const until = disputeUntil(statement);
  if (until === undefined) return [];
  return wrapped(
    `To dispute a line, write to the host by ${until}, ${statement.disputeDays} days from ` +
      `issue, with the statement number, the number of the line and, where it is about intervals, their start from ` +
      `the interval file. The other lines stay due.`,
    "",
    "",
    width,
  );
}

export const text = {
  format: "text",
  ending: ".txt",
  what: "the statement to read: terms, lines with their build-up, total",
  givenSince: "ballast.statement/1",
  render: ({ statement }) => renderText(statement),
} as const satisfies Renderer;

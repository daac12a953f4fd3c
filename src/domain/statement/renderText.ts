import { formatUsd } from "../units/money.ts";
import { grouped } from "./figures.ts";
import type { Statement, StatementLine } from "./model.ts";

const WIDTH = 100;
const INDENT = 5;

/**
 * The statement as the client reads it: fixed width, at most 100 columns, lines with their build-up, total, and how to
 * dispute. Ends with a line feed. The same statement gives the same bytes.
 */
export function renderText(statement: Statement): string {
  const rule = "-".repeat(WIDTH);
  const body = statement.lines.flatMap((line, i) => lineText(line, i + 1));
  return [
    ...(statement.status === "draft" ? [...draftText(statement), ""] : []),
    "STATEMENT OF HOSTING CHARGES AND CURTAILMENT CREDITS",
    "=".repeat(WIDTH),
    ...headText(statement),
    rule,
    row(["#", "Description", "Quantity", "Unit", "Unit price", "Amount USD"]),
    rule,
    ...(body.length === 0 ? ["     No charges and no credits in this period."] : body),
    rule,
    totalText(BigInt(statement.totalCents)),
    "=".repeat(WIDTH),
    ...footText(statement),
    "",
  ].join("\n");
}

function draftText(statement: Statement): string[] {
  const items = statement.openItems ?? [];
  return ["DRAFT - NOT ISSUED. Nothing is due on it. Open:", ...items.flatMap((item) => wrap(item, "  - ", "    "))];
}

function headText(statement: Statement): string[] {
  const { period } = statement;
  const facts: readonly (readonly [string, string])[] = [
    ["Statement", statement.statementId],
    [statement.status === "issued" ? "Issued" : "Composed", `${statement.issuedAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Client", `${statement.clientName} (${statement.clientId})`],
    ["Site", statement.siteId],
    ["Contract", `${statement.contractId}, version ${statement.contractVersions.join(", ")}`],
    ["Period", `${period.from} to ${period.to}, operating days in Central Prevailing Time, both included`],
    ["Settlement", statement.settlementVersions.map((v) => `${v.operatingDay} version ${v.version}`).join(", ")],
  ];
  return facts.flatMap(([name, value]) => wrap(value, name.padEnd(12), " ".repeat(12)));
}

function lineText(line: StatementLine, number: number): string[] {
  const [first = "", ...rest] = fit(line.description, 42);
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
    row(cells),
    ...rest.map((text) => `${pad}${text}`),
    ...line.buildUp.flatMap((text) => wrap(text, `${pad}. `, `${pad}  `)),
    ...wrap(line.source, `${pad}Source: `, `${pad}        `),
    "",
  ];
}

function row([
  number = "",
  description = "",
  quantity = "",
  unit = "",
  price = "",
  amount = "",
]: readonly string[]): string {
  return (
    `${number.padStart(3)}  ${description.padEnd(42)} ${quantity.padStart(15)} ${unit.padEnd(4)} ` +
    `${price.padStart(12)} ${amount.padStart(17)}`.trimEnd()
  );
}

function totalText(cents: bigint): string {
  const label = cents < 0n ? "TOTAL in the client's favour, USD" : "TOTAL due from the client, USD";
  return row(["", label, "", "", "", grouped(formatUsd(cents))]);
}

function footText(statement: Statement): string[] {
  const point = statement.priceSource === undefined ? "the site's settlement point" : statement.priceSource;
  return [
    ...wrap(
      `Positive amounts are due from the client, negative amounts are credits. Each line is rounded to cents once; ` +
        `the total is the sum of the lines.`,
      "",
      "",
    ),
    ...wrap(
      `Prices: ERCOT real-time settlement point prices (RTSPP) at ${point}, as published, in the versions named ` +
        `with each line. ERCOT may correct them later. This statement is never changed: a correction comes as an ` +
        `adjustment line on the next one.`,
      "",
      "",
    ),
    ...wrap(
      `Energy: differences of the cumulative registers of your feeder meter. Every interval is in the interval ` +
        `file; its charges and client credits add up to the lines above before rounding.`,
      "",
      "",
    ),
    ...disputeText(statement),
  ];
}

function disputeText(statement: Statement): string[] {
  if (statement.disputeDays === undefined) return [];
  return wrap(
    `To dispute a line, write to the host within ${statement.disputeDays} days of issue with the statement number, ` +
      `the number of the line and, where it is about intervals, their start from the interval file. The other lines ` +
      `stay due.`,
    "",
    "",
  );
}

/** Breaks `text` at spaces to the page width; a word longer than a line is cut. */
function wrap(text: string, first: string, next: string): string[] {
  return fit(text, WIDTH - Math.max(first.length, next.length)).map((part, i) => `${i === 0 ? first : next}${part}`);
}

function fit(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((w) => cut(w, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function cut(word: string, width: number): string[] {
  const pieces = word.match(new RegExp(`.{1,${width}}`, "gsu"));
  return pieces === null ? [] : [...pieces];
}

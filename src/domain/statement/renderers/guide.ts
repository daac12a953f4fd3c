import { CHARGES } from "../../settlement/terms/index.ts";
import { wordsOf } from "../columns.ts";
import { intervalColumns } from "../intervalColumns.ts";
import { intervalRows } from "../intervalRows.ts";
import { lineColumns } from "../lineColumns.ts";
import { namedCodes } from "../codes.ts";
import type { Statement } from "../model.ts";
import { disputeUntil } from "../disputeUntil.ts";
import { PAPER_WIDTH, wrapped } from "../wrapped.ts";
import { csv } from "./csv.ts";
import { intervalsCsv } from "./intervalsCsv.ts";
import type { RenderedStatement, Renderer } from "./renderer.ts";

/**
 * The guide to a statement's files: what each one is, every column of the two CSV files with its unit, sign, formula
 * and source, how amounts are rounded and how to dispute them. It is made from the columns that the files are written
 * from. At most 100 columns.
 */
export const guide = {
  format: "guide",
  ending: "-guide.txt",
  what: "this guide",
  givenSince: "ballast.statement/2",
  render({ statement, settledDays, adjustments, files }) {
    const columns = intervalColumns(intervalRows(statement, settledDays, adjustments));
    return [
      `GUIDE TO THE PAPERS OF STATEMENT ${statement.statementId}`,
      "=".repeat(PAPER_WIDTH),
      "",
      "Files",
      ...files.flatMap(({ name, what }) => [`  ${name}`, ...wrapped(what, "      ", "      ")]),
      ...wrapped("Their names are the statement's number, with _ for what a file name cannot hold.", "  ", "  "),
      ...part("Every file", EVERY_FILE),
      ...part("How the amounts are made", amounts(statement)),
      ...part("What earlier statements are corrected by", CORRECTIONS),
      ...part("How to dispute", [disputeText(statement)]),
      "",
      `Columns of ${nameOf(csv.format, files)}`,
      ...wordsOf(lineColumns(statement)),
      "",
      `Columns of ${nameOf(intervalsCsv.format, files)}`,
      ...wordsOf(columns),
      "",
    ].join("\n");
  },
} as const satisfies Renderer;

function nameOf(format: string, files: RenderedStatement["files"]): string {
  return files.find((file) => file.format === format)?.name ?? format;
}

const EVERY_FILE: readonly string[] = [
  "Sign: an amount due from you is positive, an amount credited to you is negative, in all files, line by line and " +
    "interval by interval. Energy is positive; only rows taken back have it negative.",
  "Times are Central Prevailing Time with the offset from UTC: -05:00 (CDT) in summer, -06:00 (CST) in winter. An " +
    "operating day goes from midnight to midnight and has 96 intervals of 15 minutes, 92 on the day in March that " +
    "skips an hour, 100 on the day in November that repeats one; the offset tells the two copies apart.",
  "Energy is in kWh with three decimals, which is whole Wh. Amounts are in US dollars. A blank cell means that there " +
    "is none, which is not 0. No loss factor is applied.",
  "The files are UTF-8, with commas, a header row and decimal points. Text that a spreadsheet would take for a " +
    "formula begins with an apostrophe.",
];

function amounts(statement: Statement): readonly string[] {
  const codes = namedCodes(statement, CHARGES);
  return [
    "1. Each interval: energy, baseline and what was ordered off are measured or recorded; curtailed energy, " +
      "charges and credits follow from them, the price and the terms of the same row by the formulas below. Energy " +
      "is in whole Wh: ordered_off_kwh is rounded to it, and curtailed energy is shared over its reasons in it. " +
      "Amounts are not rounded; one whose decimals do not end is shown with 8 places, half-even, and what adds up is " +
      "the exact value.",
    "2. Each line: the sum of its column over the rows charged of the same terms, exact, rounded to cents once, also " +
      `where it comes to 0.00. Lines ${codes.slice(0, -1).join(", ")} and ${codes.at(-1)} add up charge_<code>_usd, ` +
      "one line for each terms that have a value in that column; curtailment-credit:<reason> adds up " +
      "client_credit_<reason>_usd.",
    "3. The fixed fee has no intervals: contracted kW × fee × settled days of the period in that calendar month and " +
      "version of the contract ÷ days of the month. One line for each month and version, rounded once.",
    "4. The total is the sum of the rounded lines. Gross credits are shown, not charged.",
    "The text shows of each line the three intervals with the largest amounts, of a credit the largest gross " +
      "credits, in the order of time.",
  ];
}

const CORRECTIONS: readonly string[] = [
  "A statement is never changed. Where a price, register or record was corrected after issue, the next statement " +
    "has an adjustment line for each line that changes by a cent or more: the line as it is due now, rounded, less " +
    "the line as charged up to now, rounded. Each interval that changed has two rows, taken back and now. What was " +
    "charged up to now, charged_exact_usd, is exact_usd of that line on the statement that is corrected and all " +
    "its rows taken back and now on later ones; exact_usd adds those of this statement. A change below a cent has " +
    "rows and no line; it counts with the next one.",
];

function disputeText(statement: Statement): string {
  if (statement.status === "draft") return "A draft is not issued: nothing is due on it, and nothing to dispute.";
  const until = disputeUntil(statement);
  if (until === undefined) return "Write to the host, with the number of the statement and of the line.";
  return (
    `Write to the host by ${until} (Central), ${statement.disputeDays} days from issue, with the number of the ` +
    `statement and of the line and, where it is about intervals, their start. The other lines stay due.`
  );
}

function part(title: string, sentences: readonly string[]): string[] {
  return ["", title, ...sentences.flatMap((sentence) => wrapped(sentence, "  ", "  "))];
}

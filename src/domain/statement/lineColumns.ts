import { formatUsd } from "../units/money.ts";
import type { Column } from "./columns.ts";
import { numberCell, textCell } from "./csv.ts";
import { CHARGES, MONTHLY_TERMS } from "../settlement/terms/index.ts";
import { namedCodes } from "./codes.ts";
import type { Statement } from "./model.ts";
import { statementColumns } from "./statementColumns.ts";
import type { LineRow } from "./statementColumns.ts";

/** Sign of every amount of a client's papers. */
export const AMOUNT_SIGN = "Due from you positive, credited to you negative.";

/** Columns of a statement's lines, in the order of the file; their words name the charges that it may have. */
export function lineColumns(statement: Statement): readonly Column<LineRow>[] {
  return [...statementColumns(), ...chargeColumns(statement), ...roundingColumns(), ...sourceColumns()];
}

function chargeColumns(statement: Statement): readonly Column<LineRow>[] {
  const charges = [...namedCodes(statement, MONTHLY_TERMS), ...namedCodes(statement, CHARGES)];
  return [
    {
      name: "line",
      unit: "number",
      meaning: "Number of the line, as in the text.",
      cell: ({ number }) => String(number),
    },
    {
      name: "code",
      unit: "text",
      meaning:
        `What is charged: ${charges.join(", ")}, curtailment-credit:<reason>; with adjustment: in front where it ` +
        `corrects an earlier statement.`,
      cell: ({ line }) => textCell(line.code),
    },
    {
      name: "contract_version",
      unit: "number",
      meaning: "Version of your contract that the line follows.",
      cell: ({ line }) => numberCell(text(line.contractVersion)),
    },
    {
      name: "terms",
      unit: "text",
      meaning:
        "Which rows of the interval file the line adds up: those with the same terms. Blank for a fixed fee, which " +
        "has none.",
      cell: ({ line }) => textCell(line.terms ?? ""),
    },
    { name: "description", unit: "text", meaning: "As in the text.", cell: ({ line }) => textCell(line.description) },
    {
      name: "quantity",
      unit: "see unit",
      meaning: "Energy or contracted power that the line is about. Of a fixed fee the contracted kW.",
      cell: ({ line }) => numberCell(line.quantity),
    },
    { name: "unit", unit: "text", meaning: "Unit of the quantity.", cell: ({ line }) => textCell(line.unit ?? "") },
    {
      name: "unit_price_usd",
      unit: "USD a unit",
      meaning:
        "Rate of the contract or the supply. Of a fixed fee US dollars for a kW and a month. Blank where each " +
        "interval has a price of its own.",
      cell: ({ line }) => numberCell(line.unitPrice),
    },
  ];
}

function roundingColumns(): readonly Column<LineRow>[] {
  return [
    {
      name: "days",
      unit: "days",
      meaning: "Of a fixed fee: days charged. exact_usd = quantity × unit_price_usd × days ÷ days_of_month.",
      cell: ({ line }) => numberCell(text(line.days)),
    },
    {
      name: "days_of_month",
      unit: "days",
      meaning: "Of a fixed fee: days of the calendar month.",
      cell: ({ line }) => numberCell(text(line.daysOfMonth)),
    },
    {
      name: "charged_exact_usd",
      unit: "USD",
      meaning: "Of an adjustment: what was charged up to now for that line, before rounding.",
      sign: AMOUNT_SIGN,
      cell: ({ line }) => textOrNumber(line.chargedExactUsd),
    },
    {
      name: "exact_usd",
      unit: "USD",
      meaning:
        "The line before rounding: the sum of its column of the interval file over the rows with the same terms. Of " +
        "an adjustment what is due for that line now. An amount whose decimals do not end stands as a fraction n/d.",
      sign: AMOUNT_SIGN,
      cell: ({ line }) => textOrNumber(line.exactUsd),
    },
    {
      name: "rounding",
      unit: "text",
      meaning:
        "How the contract rounds a half cent: half-even to the even cent, half-up away from zero. Everything else " +
        "goes to the nearest cent.",
      cell: ({ line }) => line.rounding ?? "",
    },
    {
      name: "amount_usd",
      unit: "USD",
      meaning:
        "exact_usd rounded to cents, once. Of an adjustment: exact_usd rounded, less charged_exact_usd rounded. The " +
        "total of the statement is the sum of this column.",
      sign: AMOUNT_SIGN,
      cell: ({ line }) => numberCell(formatUsd(BigInt(line.amountCents))),
    },
  ];
}

function sourceColumns(): readonly Column<LineRow>[] {
  return [
    {
      name: "adjustment_of",
      unit: "text",
      meaning: "Statement that the line corrects.",
      cell: ({ line }) => textCell(line.adjustmentOf ?? ""),
    },
    {
      name: "source",
      unit: "text",
      meaning: "Contract, version and clause, and the versions of ERCOT's prices.",
      cell: ({ line }) => textCell(line.source),
    },
    {
      name: "build_up",
      unit: "text",
      meaning: "How the amount came about, as in the text.",
      cell: ({ line }) => textCell(line.buildUp.join(" | ")),
    },
  ];
}

function text(count: number | undefined): string | undefined {
  return count === undefined ? undefined : String(count);
}

/** A plain decimal, or the text of a fraction. */
function textOrNumber(usd: string | undefined): string {
  return usd?.includes("/") ? textCell(usd) : numberCell(usd);
}

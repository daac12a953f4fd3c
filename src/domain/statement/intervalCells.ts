import { formatKwh } from "../units/money.ts";
import { numberCell } from "./csv.ts";
import type { IntervalRow, RowTerms, SettledRow } from "./intervalRows.ts";

/** A cell of a settled interval, blank for an open one; `sign` is -1 where a row takes back what was charged. */
export function onSettled(cell: (row: SettledRow, sign: 1n | -1n) => string): (row: IntervalRow) => string {
  return ({ settled, row }) => (settled === undefined ? "" : cell(settled, row === "taken back" ? -1n : 1n));
}

/** A cell of the terms of an interval, blank where none are in force. */
export function underTerms(cell: (terms: RowTerms) => string): (row: IntervalRow) => string {
  return ({ under }) => (under === undefined ? "" : cell(under));
}

/** kWh with three places from Wh. */
export function kwh(wh: bigint): string {
  return numberCell(formatKwh(wh));
}

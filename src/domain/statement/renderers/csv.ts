import { fileOf } from "../columns.ts";
import { lineColumns } from "../lineColumns.ts";
import type { Renderer } from "./renderer.ts";

/**
 * The statement's lines as CSV (UTF-8, header, plain decimals), one row a line; the amounts sum to the total. Each
 * column is explained in the guide.
 */
export const csv = {
  format: "csv",
  ending: ".csv",
  what: "its lines, one row each, with each amount before and after rounding",
  givenSince: "ballast.statement/1",
  render: ({ statement }) =>
    fileOf(
      lineColumns(statement),
      statement.lines.map((line, i) => ({ statement, line, number: i + 1 })),
    ),
} as const satisfies Renderer;

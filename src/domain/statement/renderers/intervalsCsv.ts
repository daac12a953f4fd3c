import { fileOf } from "../columns.ts";
import { intervalColumns } from "../intervalColumns.ts";
import { intervalRows } from "../intervalRows.ts";
import type { Renderer } from "./renderer.ts";

/**
 * The interval file of a statement: one row for each interval of the client, with everything that its amounts follow
 * from, so that a client can make them again; amounts in USD, unrounded. A column of amounts adds up to a line of the
 * statement before rounding. Each interval of an earlier period that an adjustment corrects follows with two rows. Each
 * column is explained in the guide.
 */
export const intervalsCsv = {
  format: "intervalsCsv",
  ending: "-intervals.csv",
  what:
    "every 15-minute interval of the period with all that its charges and credits follow from, and the intervals of " +
    "earlier statements that this one corrects",
  givenSince: "ballast.statement/1",
  render({ statement, settledDays, adjustments }) {
    const rows = intervalRows(statement, settledDays, adjustments);
    return fileOf(intervalColumns(rows), rows);
  },
} as const satisfies Renderer;

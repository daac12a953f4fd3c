import type { DaySettlement } from "../settlement/model.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { fileOf } from "./columns.ts";
import { intervalColumns } from "./intervalColumns.ts";
import { intervalRows } from "./intervalRows.ts";
import type { Statement } from "./model.ts";

/**
 * The interval file of a statement: one row for each interval of the client, with everything that its amounts follow
 * from, so that a client can make them again; amounts in USD, unrounded. A column of amounts adds up to a line of the
 * statement before rounding. Each interval of an earlier period that an adjustment corrects follows with two rows. Each
 * column is explained in the guide.
 * @throws StatementError when a day does not hold what one of its intervals was settled from.
 */
export function renderIntervalCsv(
  statement: Statement,
  settledDays: readonly DaySettlement[],
  adjustments: readonly StatementAdjustment[] = [],
): string {
  const rows = intervalRows(statement, settledDays, adjustments);
  return fileOf(intervalColumns(rows), rows);
}

import { fileOf } from "./columns.ts";
import { lineColumns } from "./lineColumns.ts";
import type { Statement } from "./model.ts";

/**
 * The statement's lines as CSV (UTF-8, header, plain decimals), one row a line; the amounts sum to the total. Each
 * column is explained in the guide.
 */
export function renderCsv(statement: Statement): string {
  return fileOf(
    lineColumns(statement),
    statement.lines.map((line, i) => ({ statement, line, number: i + 1 })),
  );
}

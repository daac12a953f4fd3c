import { csvText } from "./csv.ts";
import { wrapped } from "./wrapped.ts";

/** One column of a client's file: what stands in its cells, and the words by which the guide explains them. */
export interface Column<Row> {
  readonly name: string;
  /** `kWh`, `USD`, `USD/MWh`; `text`, `date` or `number` where it has none. */
  readonly unit: string;
  /** What it says, how it is computed, and where it comes from. */
  readonly meaning: string;
  /** What is positive and what is negative, where it has a sign. */
  readonly sign?: string;
  readonly cell: (row: Row) => string;
}

/** A file of columns: its header and one line for each row. */
export function fileOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return csvText([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]);
}

/** The columns of a file in words, at most 100 characters a line. */
export function wordsOf<Row>(columns: readonly Column<Row>[]): string[] {
  return columns.flatMap(({ name, unit, meaning, sign }) => [
    `  ${name} [${unit}]`,
    ...wrapped(sign === undefined ? meaning : `${meaning} ${sign}`, "      ", "      "),
  ]);
}

import { parse } from "csv-parse/sync";
import { MarketRowError } from "../../domain/market/normalizeField.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { Report } from "../../ports/marketFeed.ts";

/** Most rows of a point in one document: it has 96 a day. */
export const ROWS_MAX = 20_000;

/**
 * Names under which ERCOT's reports have carried a column, best first. Compared without case, spaces and underscores.
 */
export type ColumnAliases<Field extends string> = Readonly<Record<Field, readonly string[]>>;

export interface ReportRow<Field extends string, Optional extends string = never> {
  /** Line in the CSV file, the header is 1; in an answer of the Public API the row of `data`, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<Field, string>> & Readonly<Partial<Record<Optional, string>>>;
}

/** Rows that mention a point, and how many others the report has. */
export interface ReportRows<Field extends string, Optional extends string = never> {
  readonly rows: readonly ReportRow<Field, Optional>[];
  readonly others: number;
}

/**
 * Rows of a report whose line mentions `point`, by logical field, whatever the order of the columns and however many
 * the report has beside the wanted ones (ERCOT adds and renames columns); `optional` columns are read where they stand.
 * Lines without the point are counted and not read: a report of 300,000 lines costs no more than its search.
 * @throws PortDataError naming a missing or doubled column with the header found, the line of a row that has another
 * number of fields than the header or is no CSV, or more than 20,000 rows of the point.
 */
export function reportRows<Field extends string, Optional extends string = never>(
  csv: string,
  columns: ColumnAliases<Field>,
  point: string,
  where: string,
  optional?: ColumnAliases<Optional>,
): ReportRows<Field, Optional> {
  const text = csv.startsWith("\ufeff") ? csv.slice(1) : csv;
  let header: readonly string[] | undefined;
  let positions: (readonly [Field | Optional, number])[] = [];
  const rows: ReportRow<Field, Optional>[] = [];
  let others = 0;
  let line = 0;
  for (const raw of linesOf(text)) {
    line += 1;
    if (header !== undefined && !raw.includes(point)) {
      if (raw.trim() !== "") others += 1;
      continue;
    }
    if (raw.trim() === "") continue;
    const record = recordOf(raw, line, where);
    if (header === undefined) {
      header = record;
      positions = columnPositions(record, columns, where, optional);
      continue;
    }
    if (record.length !== header.length)
      throw new PortDataError(
        `${where}: line ${line}: expected ${header.length} fields as in the header, found ${record.length}`,
      );
    if (rows.length === ROWS_MAX) throw new PortDataError(`${where}: more than ${ROWS_MAX} rows of ${point}`);
    const fields = Object.fromEntries(positions.map(([field, index]) => [field, record[index] as string]));
    rows.push({ line, fields: fields as ReportRow<Field, Optional>["fields"] });
  }
  if (header === undefined) throw new PortDataError(`${where}: expected a header line, found an empty file`);
  return { rows, others };
}

/**
 * Where each field stands under a header, whatever the order of its columns and however many it has beside them; an
 * `optional` one that is not there stands nowhere.
 * @throws PortDataError naming a missing or doubled column with the header found
 */
export function columnPositions<Field extends string, Optional extends string = never>(
  header: readonly string[],
  columns: ColumnAliases<Field>,
  where: string,
  optional?: ColumnAliases<Optional>,
): (readonly [Field | Optional, number])[] {
  const all = Object.entries({ ...columns, ...optional }) as [Field | Optional, readonly string[]][];
  return all.flatMap(([field, aliases]) => {
    const at = position(header, aliases, where);
    if (at === undefined && field in columns) {
      throw new PortDataError(
        `${where}: expected a column ${aliases.join(" or ")}, found the header ${header.join(",")}`,
      );
    }
    return at === undefined ? [] : [[field, at] as const];
  });
}

/** Names of the columns of a report's CSV, from its first line. @throws PortDataError when that is no CSV */
export function csvHeader(csv: string, where: string): readonly string[] {
  const text = csv.startsWith("\ufeff") ? csv.slice(1) : csv;
  const [first = ""] = text.split("\n", 1);
  return recordOf(first, 1, where);
}

/**
 * Runs a rule on a row and adds where the row is: document and line number, from 1. @throws PortDataError for the
 * rule's MarketRowError.
 */
export function atRow<Result>(where: string, line: number, rule: () => Result): Result {
  try {
    return rule();
  } catch (error) {
    if (error instanceof MarketRowError)
      throw new PortDataError(`${where}: line ${line}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Tells `report` of a cell that costs its row nothing else, and where: document and line number, from 1. */
export function toldAtRow(where: string, line: number, report?: Report): (problem: MarketRowError) => void {
  return ({ message }) => report?.(`${where}: line ${line}: ${message}`);
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, to);
    from = to + 1;
  }
}

/** What the parser reads by rules of its own: quotes, and line ends amid a line. */
const NEEDS_PARSER = /["\r]/;

/** Fields of one line. A quoted field that runs over its end is no CSV of ERCOT's. */
function recordOf(line: string, number: number, where: string): string[] {
  const own = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (!NEEDS_PARSER.test(own)) return own.trim() === "" ? [] : own.split(",").map((field) => field.trim());
  try {
    const [record = [], more] = parse(line, { trim: true }) as string[][];
    // blanks stand for nothing inside quotes too: a name is found with or without them
    if (more === undefined) return record.map((field) => field.trim());
  } catch (error) {
    throw new PortDataError(
      `${where}: line ${number}: expected a line of CSV: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  throw new PortDataError(
    `${where}: line ${number}: expected one line of CSV, found several that end with a bare carriage return`,
  );
}

function position(header: readonly string[], aliases: readonly string[], where: string): number | undefined {
  const names = header.map(bare);
  const alias = aliases.find((name) => names.includes(bare(name)));
  if (alias === undefined) return undefined;
  const first = names.indexOf(bare(alias));
  if (names.includes(bare(alias), first + 1))
    throw new PortDataError(`${where}: expected one column ${alias}, found two in the header ${header.join(",")}`);
  return first;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_]/g, "");
}

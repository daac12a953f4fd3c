import { parse } from "csv-parse/sync";
import { MarketRowError } from "../../domain/market/normalizeError.ts";
import { PortDataError } from "../../ports/errors.ts";

/**
 * Names under which ERCOT's reports have carried a column, best first. Compared without case, spaces and underscores.
 */
export type ColumnAliases<Field extends string> = Readonly<Record<Field, readonly string[]>>;

export interface ReportRow<Field extends string> {
  /** Line in the CSV file, the header is 1. */
  readonly line: number;
  readonly fields: Readonly<Record<Field, string>>;
}

/**
 * Rows of a report by logical field, whatever the order of its columns and however many it has beside the wanted ones
 * (ERCOT adds and renames columns). @throws PortDataError naming a missing or doubled column with the header found, or
 * the line of a bad row.
 */
export function reportRows<Field extends string>(
  csv: string,
  columns: ColumnAliases<Field>,
  where: string,
): ReportRow<Field>[] {
  const [header, ...rows] = records(csv, where);
  if (header === undefined) throw new PortDataError(`${where}: expected a header line, found an empty file`);
  const positions = (Object.entries(columns) as [Field, readonly string[]][]).map(
    ([field, aliases]) => [field, position(header.record, aliases, where)] as const,
  );
  return rows.map(({ record, info }) => ({
    line: info.lines,
    fields: Object.fromEntries(positions.map(([field, index]) => [field, record[index] as string])) as Record<
      Field,
      string
    >,
  }));
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

function records(csv: string, where: string): { record: string[]; info: { lines: number } }[] {
  try {
    return parse(csv, { bom: true, trim: true, skip_empty_lines: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
  } catch (error) {
    throw new PortDataError(
      `${where}: expected CSV with the same number of fields on every line: ` +
        `${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function position(header: readonly string[], aliases: readonly string[], where: string): number {
  const names = header.map(bare);
  const alias = aliases.find((name) => names.includes(bare(name)));
  if (alias === undefined) {
    throw new PortDataError(
      `${where}: expected a column ${aliases.join(" or ")}, found the header ${header.join(",")}`,
    );
  }
  const first = names.indexOf(bare(alias));
  if (names.includes(bare(alias), first + 1))
    throw new PortDataError(`${where}: expected one column ${alias}, found two in the header ${header.join(",")}`);
  return first;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_]/g, "");
}

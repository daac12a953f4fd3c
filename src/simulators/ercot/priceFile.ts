import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A price file that is not what it should be: file, line, column, expected and found. */
export class PriceFileError extends Error {
  override name = "PriceFileError";
}

const QUOTED_CHARACTERS = 80;

export interface PriceFileRow<Column extends string> {
  readonly cells: Readonly<Record<Column, string>>;
  /** `file:line`, for a message. */
  readonly where: string;
  /** The error that names file, line and column, to be thrown. */
  refusal(column: Column, expected: string): PriceFileError;
}

/**
 * Rows of a CSV or .csv.gz file, one at a time, by column. Columns are found by any of their names, without regard to
 * case, spaces and underscores. @throws PriceFileError when the file cannot be read, a column is missing, or a line has
 * too few fields.
 */
export function* priceFileRows<Column extends string>(
  path: string,
  names: Readonly<Record<Column, readonly string[]>>,
): Generator<PriceFileRow<Column>> {
  const lines = textOf(path).split("\n");
  const header = fieldsOf((lines[0] ?? "").replace(/^\uFEFF/, ""));
  const columns = Object.entries(names) as [Column, readonly string[]][];
  const places = columns.map(([column, aliases]) => [column, placeOf(header, aliases, path)] as const);
  const needed = Math.max(...places.map(([, place]) => place)) + 1;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.trim() === "") continue;
    const fields = fieldsOf(line);
    if (fields.length < needed)
      throw new PriceFileError(
        `${path}:${index + 1}: expected at least ${needed} fields, found ${fields.length}: ${cut(line)}`,
      );
    const cells = {} as Record<Column, string>;
    for (const [column, place] of places) cells[column] = fields[place] as string;
    const where = `${path}:${index + 1}`;
    yield {
      cells,
      where,
      refusal: (column, expected) =>
        new PriceFileError(`${where}: column ${names[column][0]}: expected ${expected}, found "${cut(cells[column])}"`),
    };
  }
}

/** Whether a file has a column of one of these names. @throws PriceFileError when it cannot be read */
export function priceFileHas(path: string, aliases: readonly string[]): boolean {
  const header = fieldsOf((textOf(path).split("\n", 1)[0] ?? "").replace(/^\uFEFF/, ""));
  return header.some((name) => aliases.some((alias) => bare(alias) === bare(name)));
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    const { message } = error as Error;
    throw new PriceFileError(
      path.endsWith(".gz")
        ? `${path}: cannot be read as gzip (${message}); expected a whole .csv.gz, download it again`
        : `${path}: cannot be read as text (${message}); expected a CSV file`,
      { cause: error },
    );
  }
}

function fieldsOf(line: string): string[] {
  const fields = line.split(",");
  for (let i = 0; i < fields.length; i += 1) fields[i] = (fields[i] as string).trim();
  return line.includes('"') ? fields.map((field) => field.replace(/^"(.*)"$/, "$1")) : fields;
}

function placeOf(header: readonly string[], aliases: readonly string[], path: string): number {
  const found = header.findIndex((name) => aliases.some((alias) => bare(alias) === bare(name)));
  if (found === -1)
    throw new PriceFileError(
      `${path}:1: expected a column ${aliases.join(" or ")}, found the header ${cut(header.join(","))}`,
    );
  return found;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** What a message quotes of a file that may hold anything. */
function cut(text: string): string {
  const printable = text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
  return printable.length > QUOTED_CHARACTERS ? `${printable.slice(0, QUOTED_CHARACTERS)}...` : printable;
}

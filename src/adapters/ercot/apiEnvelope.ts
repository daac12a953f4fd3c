import { cleanText, foreignValueText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { PortDataError } from "../../ports/errors.ts";
import { type ColumnAliases, columnPositions, type ReportRow, type ReportRows, ROWS_MAX } from "./reportCsv.ts";

// Far above any field that ERCOT describes.
const FIELDS_MAX = 500;

/** A field of an answer of the Public API. */
export interface ApiField {
  readonly name: string;
  /** BOOLEAN, VARCHAR, INTEGER, LONG, DOUBLE, DATE, DATETIME or TIME; `?` where the answer does not say. */
  readonly dataType: string;
}

/** One page of an answer of the Public API. */
export interface ApiEnvelope {
  /** In the order of the cells of a row. */
  readonly fields: readonly ApiField[];
  readonly rows: readonly (readonly unknown[])[];
  readonly totalRecords: number;
  readonly totalPages: number;
  readonly currentPage: number;
}

/**
 * A page of an answer of ERCOT's Public API: rows are arrays whose cells `fields` names. An empty answer has an empty
 * `data` or none. Pure.
 * @throws PortDataError when the bytes are no JSON, no such object, or a row has another number of cells than fields
 */
export function apiEnvelope(bytes: Uint8Array, where: string): ApiEnvelope {
  const { _meta, fields, data } = objectOf(bytes, where);
  const rows = data === undefined || data === null ? [] : data;
  if (!Array.isArray(rows)) throw new PortDataError(`${where}: expected an array data, found ${typeof rows}`);
  const named = rows.length === 0 && !Array.isArray(fields) ? [] : fieldsOf(fields, where);
  for (const [index, row] of rows.entries())
    if (!Array.isArray(row) || row.length !== named.length)
      throw new PortDataError(
        `${where}: data[${index}]: expected ${named.length} cells as there are fields, found ${foreignValueText(row)}`,
      );
  const meta = typeof _meta === "object" && _meta !== null ? (_meta as Record<string, unknown>) : {};
  return {
    fields: named,
    rows: rows as unknown[][],
    totalRecords: count(meta, "totalRecords", where),
    totalPages: count(meta, "totalPages", where),
    currentPage: count(meta, "currentPage", where),
  };
}

/**
 * Rows of a page that mention `point`, by logical field as text, whatever the order of its fields; others are counted.
 * @throws PortDataError naming a missing or doubled field with those found, or for more than 20,000 rows of the point
 */
export function envelopeRows<Field extends string, Optional extends string = never>(
  { fields, rows }: ApiEnvelope,
  columns: ColumnAliases<Field>,
  point: string,
  where: string,
  optional?: ColumnAliases<Optional>,
): ReportRows<Field, Optional> {
  const names = fields.map(({ name }) => name);
  const positions = columnPositions(names, columns, where, optional);
  const read: ReportRow<Field, Optional>[] = [];
  for (const [index, row] of rows.entries()) {
    const cells = row.map(cellText);
    if (point !== "" && !cells.some((cell) => cell.includes(point))) continue;
    if (read.length === ROWS_MAX) throw new PortDataError(`${where}: more than ${ROWS_MAX} rows of ${point}`);
    const values = Object.fromEntries(positions.map(([field, position]) => [field, cells[position] as string]));
    read.push({ line: index + 1, fields: values as ReportRow<Field, Optional>["fields"] });
  }
  return { rows: read, others: rows.length - read.length };
}

function objectOf(bytes: Uint8Array, where: string): Record<string, unknown> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    const parsed = parseForeignJson(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (error) {
    throw new PortDataError(`${where}: expected JSON of the Public API, found "${cleanText(text, 60)}"`, {
      cause: error,
    });
  }
  throw new PortDataError(`${where}: expected an object with fields and data, found "${cleanText(text, 60)}"`);
}

function fieldsOf(fields: unknown, where: string): ApiField[] {
  if (!Array.isArray(fields) || fields.length === 0 || fields.length > FIELDS_MAX)
    throw new PortDataError(`${where}: expected 1 to ${FIELDS_MAX} fields, found ${foreignValueText(fields)}`);
  return fields.map((field: unknown, index) => {
    const { name, dataType } = (field ?? {}) as Record<string, unknown>;
    if (typeof name !== "string" || name === "")
      throw new PortDataError(`${where}: fields[${index}]: expected a name, found ${foreignValueText(field)}`);
    return { name, dataType: typeof dataType === "string" ? dataType : "?" };
  });
}

function count(meta: Record<string, unknown>, name: string, where: string): number {
  const value = meta[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PortDataError(`${where}: expected _meta.${name} as a count, found ${foreignValueText(value)}`);
}

/** A cell as a CSV would have it. Numbers are the shortest decimal text that reads back the same. */
function cellText(cell: unknown): string {
  if (typeof cell === "string") return cell.trim();
  if (typeof cell === "number") return plainDecimal(cell);
  return typeof cell === "boolean" ? String(cell) : "";
}

function plainDecimal(value: number): string {
  const text = String(value);
  return /e-/.test(text) ? value.toFixed(20).replace(/0+$/, "") : text;
}

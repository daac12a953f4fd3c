import type { Column, Texts } from "./columns.ts";
import { positionsUnder } from "./columns.ts";
import type { ReadRow } from "./expected.ts";
import { csvRecords } from "./reading.ts";
import type { Point, TableReport } from "./tables.ts";

/**
 * Rows of a CSV by an independent reading; undefined where it has no header that says where things stand. No record of
 * ERCOT's has a line end in it: where a quote is open at the end of a line, each line stands for itself.
 */
export function readCsv(text: string | undefined, report: TableReport, point: Point): readonly ReadRow[] | undefined {
  if (text === undefined) return undefined;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isOpen = lines.some((line) => line.split('"').length % 2 === 0);
  const records = isOpen ? lines.map((line) => csvRecords(line)?.[0] ?? line.split(",")) : csvRecords(text);
  const [header, ...rows] = records ?? [];
  return header === undefined ? undefined : readRows(header, rows, report, point);
}

/** Rows of an envelope of the Public API by an independent reading. */
export function readEnvelope(
  text: string | undefined,
  report: TableReport,
  point: Point,
): readonly ReadRow[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse((text ?? "").replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
  const { fields, data } = (parsed ?? {}) as { readonly fields?: unknown; readonly data?: unknown };
  if (!Array.isArray(fields) || !Array.isArray(data)) return undefined;
  const header = fields.map((field: unknown) => String((field as { name?: unknown } | null)?.name));
  const rows = data.map((row: unknown) => (Array.isArray(row) ? row.map(cellText) : undefined));
  return readRows(header, rows, report, point);
}

/** What a JSON value says as text; what is no single value says nothing. */
function cellText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function readRows(
  header: readonly string[],
  rows: readonly (readonly string[] | undefined)[],
  report: TableReport,
  point: Point,
): readonly ReadRow[] | undefined {
  const positions = positionsUnder(header, report.columns);
  const isThere = ({ id, isOptional }: Column): boolean => positions[id] !== undefined || isOptional === true;
  const needed = report.columns.filter(({ id }) => id !== "id" && !(id === "flag" && report.use === "ercot/np6-345"));
  if (!needed.every(isThere)) return undefined;
  return rows.map((row) => {
    if (row === undefined) return { reading: "unreadable" };
    if (row.length !== header.length) return { reading: isElsewhere(row, report, point) ? "other" : "unreadable" };
    const texts: Texts = Object.fromEntries(Object.entries(positions).map(([id, at]) => [id, row[at]]));
    return { reading: report.read(texts, point) };
  });
}

/** A row with too many or too few cells that does not name the wanted point. */
function isElsewhere(row: readonly string[], { columns }: TableReport, { settlementPoint }: Point): boolean {
  return columns.some(({ id }) => id === "point") && !row.some((cell) => cell.trim() === settlementPoint);
}

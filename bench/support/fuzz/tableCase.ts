import type { Chance } from "./chance.ts";
import type { Cell, Column } from "./columns.ts";
import type { Fact } from "./reading.ts";
import { oddJson, oddText } from "./odd.ts";
import { type Asked, type Expected, expectedOf, type ReadRow } from "./expected.ts";
import { readCsv, readEnvelope } from "./readTable.ts";
import { packed } from "./packing.ts";
import type { Point, TableReport } from "./tables.ts";

/** A row on its way into a document. */
export interface Row {
  readonly cells: readonly Cell[];
  /** What it says, where nothing is done to it. */
  readonly truth: readonly Fact[];
  readonly isTouched: boolean;
}

/** A table on its way into a document. */
export interface Table {
  readonly columns: readonly Column[];
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

/** What is done to a whole document. `isWhole`: it says the same as before. */
interface Damage {
  readonly of: (table: Table, chance: Chance) => Table;
  readonly isWhole: boolean;
}

const WHOLE: readonly Damage[] = [
  { isWhole: true, of: (table, chance) => withColumn(table, chance, `Added${chance.whole(1, 9)}`) },
  { isWhole: true, of: (table, chance) => reordered(table, chance) },
  { isWhole: true, of: (table) => renamed(table, (name) => name.toUpperCase()) },
  { isWhole: true, of: (table) => renamed(table, (name) => name.toLowerCase()) },
  { isWhole: true, of: (table) => renamed(table, (name) => `${name}   `) },
  { isWhole: true, of: (table, chance) => ({ ...table, rows: chance.shuffled(table.rows) }) },
  { isWhole: true, of: (table) => ({ ...table, rows: [...table.rows, ...table.rows.slice(0, 1)] }) },
  { isWhole: true, of: (table) => ({ ...table, rows: table.rows.flatMap((row) => [row, row]) }) },
];
const BROKEN: readonly Damage[] = [
  { isWhole: false, of: (table, chance) => withoutColumn(table, chance.whole(0, table.columns.length - 1)) },
  { isWhole: false, of: (table, chance) => renamedOne(table, chance, "Renamed") },
  {
    isWhole: false,
    of: (table, chance) => renamedOne(table, chance, table.names[chance.whole(0, table.names.length - 1)] as string),
  },
  { isWhole: false, of: (table, chance) => ({ ...table, names: chance.shuffled(table.names) }) },
  { isWhole: false, of: (table) => ({ ...table, rows: [] }) },
  {
    isWhole: false,
    of: (table, chance) => ({ ...table, rows: table.rows.slice(0, chance.whole(0, table.rows.length - 1)) }),
  },
];

/** A document of a report with what was done to it, and what may come of it. */
export function tableCase(chance: Chance, report: TableReport, point: Point): { asked: Asked; expected: Expected } {
  const isApi = chance.happens(0.4);
  const { rows: truth, overMs } = report.rows(chance, point, isApi);
  let table: Table = {
    columns: report.columns,
    names: report.columns.map(({ csv, api }) => (isApi ? api : csv)),
    rows: truth.map(({ cells, facts }) => ({
      cells: report.columns.map(({ id }) => cells[id] as Cell),
      truth: facts,
      isTouched: false,
    })),
  };
  const damage = chance.happens(0.25) ? chance.pick(chance.happens(0.6) ? WHOLE : BROKEN) : undefined;
  const rowsHit =
    damage !== undefined && chance.happens(0.5)
      ? 0
      : chance.pick(report.isRefusedWhole ? [0, 1, 1, 1, 2, 5] : [0, 1, 2, 3, 5, 8]);
  table = touched(table, chance, rowsHit, isApi);
  if (damage !== undefined) table = damage.of(table, chance);
  const document = packed(table, chance, isApi);
  const rows = isApi ? readEnvelope(document.text, report, point) : readCsv(document.text, report, point);
  return {
    asked: {
      use: report.use,
      point,
      bytes: document.bytes,
      source: isApi ? "api/report" : "mis/report",
      publishedMs: isApi ? undefined : overMs + report.publishedAfterSeconds * 1_000,
      fetchedMs: overMs + Math.max(0, report.publishedAfterSeconds) * 1_000 + 20_000,
      what: `${report.use} ${report.kind} by ${isApi ? "API" : "MIS"}`,
    },
    expected: expectedOf({
      table,
      rows: rows as readonly ReadRow[] | undefined,
      isWhole: (damage?.isWhole ?? true) && document.isWhole,
      isUnreadable: document.isUnreadable,
      mutations:
        (damage === undefined ? 0 : 1) + (document.isPlain ? 0 : 1) + table.rows.filter((row) => row.isTouched).length,
    }),
  };
}

function touched(table: Table, chance: Chance, count: number, isApi: boolean): Table {
  const rows: Row[] = [...table.rows];
  for (let i = 0; i < count; i += 1) {
    const at = chance.whole(0, rows.length - 1);
    const row = rows[at];
    if (row === undefined) break;
    const odd = oddRow(row, chance, isApi);
    if (chance.happens(0.15)) rows.splice(at + 1, 0, odd);
    else rows[at] = odd;
  }
  return { ...table, rows };
}

function oddRow(row: Row, chance: Chance, isApi: boolean): Row {
  const cells = [...row.cells];
  const at = chance.whole(0, cells.length - 1);
  const own = cells[at] as Cell;
  const kind = chance.whole(0, 19);
  if (kind === 0) cells.splice(at, 1);
  else if (kind === 1) cells.splice(at, 0, own);
  else if (kind === 2) {
    const other = chance.whole(0, cells.length - 1);
    [cells[at], cells[other]] = [cells[other] as Cell, own];
  } else cells[at] = isApi ? { ...own, json: oddJson(chance, own.json) } : { ...own, csv: oddText(chance, own.csv) };
  return { cells, truth: [], isTouched: true };
}

function withColumn(table: Table, chance: Chance, name: string): Table {
  const at = chance.whole(0, table.names.length);
  const cell = chance.pick([
    { csv: "", json: "null" },
    { csv: "12.5", json: "12.5" },
    { csv: '"a, b"', json: '"a, b"' },
  ]);
  return {
    columns: table.columns.toSpliced(at, 0, { id: "added", kind: "text", csv: name, api: name }),
    names: table.names.toSpliced(at, 0, name),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.toSpliced(at, 0, cell) })),
  };
}

function withoutColumn(table: Table, at: number): Table {
  return {
    columns: table.columns.toSpliced(at, 1),
    names: table.names.toSpliced(at, 1),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.toSpliced(at, 1) })),
  };
}

/** Rows with another number of cells stay as they are: they are refused anyway. */
function reordered(table: Table, chance: Chance): Table {
  const order = chance.shuffled(table.names.map((_, i) => i));
  const by = <One>(these: readonly One[]): One[] =>
    these.length === order.length ? order.map((i) => these[i] as One) : [...these];
  return {
    columns: by(table.columns),
    names: by(table.names),
    rows: table.rows.map((row) => ({ ...row, cells: by(row.cells) })),
  };
}

function renamed(table: Table, name: (name: string) => string): Table {
  return { ...table, names: table.names.map(name) };
}

function renamedOne(table: Table, chance: Chance, name: string): Table {
  return { ...table, names: table.names.with(chance.whole(0, table.names.length - 1), name) };
}

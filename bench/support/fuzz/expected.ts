import type { RowReading } from "./columns.ts";
import { type Fact, isSame } from "./reading.ts";
import type { Table } from "./tableCase.ts";
import type { Point } from "./tables.ts";

/** A document that the product is asked to read. */
export interface Asked {
  readonly use: string;
  readonly point: Point;
  readonly bytes: Buffer;
  readonly source: string;
  readonly publishedMs?: number | undefined;
  readonly fetchedMs: number;
  /** For a person. */
  readonly what: string;
}

/** What may come of a document. */
export interface Expected {
  /** Facts that must come out unless the document is refused. */
  readonly must: ReadonlyMap<string, string>;
  /** Values that may come out for a key. */
  readonly may: ReadonlyMap<string, ReadonlySet<string>>;
  /** Keys of which the document says different things: no value may come out without a word. */
  readonly disputed: ReadonlySet<string>;
  /** It says what it said before: to refuse it is wrong. */
  readonly isWhole: boolean;
  /** It must be refused. */
  readonly isUnreadable: boolean;
  /** For each touched row, the facts of which one must come out; where none does, somebody must be told. */
  readonly loud: readonly (readonly Fact[])[];
  readonly mutations: number;
}

/** A row as read independently from the document. */
export interface ReadRow {
  readonly reading: RowReading;
}

interface Read {
  readonly table: Table;
  /** Undefined where the document as a whole cannot be read. */
  readonly rows: readonly ReadRow[] | undefined;
  readonly isWhole: boolean;
  readonly isUnreadable: boolean;
  readonly mutations: number;
}

/** What may come of a table by its rows' truth and by the independent reading of its document. */
export function expectedOf({ table, rows, isWhole, isUnreadable, mutations }: Read): Expected {
  const must = new Map<string, string>();
  const may = new Map<string, Set<string>>();
  const disputed = new Set<string>();
  for (const { key, value } of table.rows.flatMap(({ truth }) => truth)) must.set(key, value);
  const said = new Map<string, string>();
  for (const { reading } of rows ?? []) {
    if (typeof reading === "string") continue;
    for (const { key, value } of reading.facts) {
      const before = said.get(key);
      if (before !== undefined && !isSame(key, before, value)) disputed.add(key);
      said.set(key, value);
    }
    for (const { key, value } of [...reading.facts, ...reading.otherwise])
      may.set(key, (may.get(key) ?? new Set()).add(value));
  }
  // one row says several things, and is left out whole
  for (const { reading } of rows ?? [])
    if (typeof reading !== "string" && reading.facts.some(({ key }) => disputed.has(key)))
      for (const { key } of reading.facts) must.delete(key);
  const isTouched = table.rows.some((row) => row.isTouched);
  const loud = (rows ?? []).flatMap(({ reading }) =>
    reading === "other" ? [] : [reading === "unreadable" ? [] : [...reading.facts, ...reading.otherwise]],
  );
  return {
    must: isWhole ? must : new Map(),
    may,
    disputed,
    isWhole: isWhole && !isTouched,
    isUnreadable: isUnreadable || rows === undefined,
    loud,
    mutations,
  };
}

import { momentOf } from "./centralClock.ts";
import type { Chance } from "./chance.ts";
import {
  type Column,
  column,
  decimalText,
  FLAG_NAMES,
  hourCells,
  intervalCells,
  numberCell,
  numberFact,
  readHour,
  readingOf,
  readInterval,
  readStamp,
  type RowReading,
  stampCells,
  type Texts,
  textCell,
  type TruthRow,
} from "./columns.ts";
import type { Fact } from "./reading.ts";

/** A settlement point as a report's rows name it. */
export interface Point {
  readonly settlementPoint: string;
  readonly settlementPointType: string;
}

/** Rows of one document, when the last of them is over, and how long after it is published. */
export interface TruthTable {
  readonly rows: readonly TruthRow[];
  readonly overMs: number;
}

/** A report of rows as ERCOT's documents describe it: what is in it, and what a row says. */
export interface TableReport {
  readonly use: string;
  /** Part of the keys of its facts. */
  readonly kind: string;
  readonly columns: readonly Column[];
  /** Seconds from what it is about to its publication; absent: both copies of an hour may be in it. */
  readonly publishedAfterSeconds: number;
  /** Whether one bad row costs the others, by the report's contract. */
  readonly isRefusedWhole: boolean;
  readonly rows: (chance: Chance, point: Point, isApi: boolean) => TruthTable;
  readonly read: (texts: Texts, point: Point) => RowReading;
}

export const POINTS: readonly Point[] = [
  { settlementPoint: "HB_WEST", settlementPointType: "HU" },
  { settlementPoint: "LZ_WEST", settlementPointType: "LZ" },
];
const OTHERS: readonly Point[] = [
  { settlementPoint: "HB_HOUSTON", settlementPointType: "HU" },
  { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" },
  { settlementPoint: "HB_WEST_2", settlementPointType: "RN" },
  { settlementPoint: "LZ_WEST_RN", settlementPointType: "RN" },
];
export const PRODUCTS = ["REGUP", "REGDN", "RRS", "ECRS", "NSPIN"] as const;
const DAYS = [
  "2026-11-01",
  "2025-11-02",
  "2026-03-08",
  "2025-03-09",
  "2026-08-18",
  "2025-12-31",
  "2024-02-29",
  "2026-01-01",
];
const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
export const FLAG = column("flag", "flag", "DSTFlag", "DSTFlag", FLAG_NAMES);
export const INTERVAL: readonly Column[] = [
  column("day", "day", "DeliveryDate", "deliveryDate"),
  column("hour", "hour", "DeliveryHour", "deliveryHour"),
  column("interval", "number", "DeliveryInterval", "deliveryInterval", ["DeliveryInt"]),
];
export const HOUR_COLUMNS: readonly Column[] = [
  INTERVAL[0] as Column,
  column("hour", "hour", "HourEnding", "hourEnding"),
];
export const RUN: readonly Column[] = [
  column("stamp", "stamp", "SCEDTimestamp", "SCEDTimestamp"),
  column("flag", "flag", "RepeatedHourFlag", "repeatHourFlag", FLAG_NAMES),
];
export const NAME = column("point", "text", "SettlementPointName", "settlementPoint");
export const TYPE = column("type", "text", "SettlementPointType", "settlementPointType");
export const PRODUCT = column("product", "text", "ASType", "ASType", ["AncillaryType"]);

/** Moments of a day, `everyMs` apart. */
export function momentsOfDay(day: string, everyMs: number): readonly number[] {
  const from = momentOf(day, 0, false) as number;
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
  const until = momentOf(next, 0, false) as number;
  return Array.from({ length: (until - from) / everyMs }, (_, i) => from + i * everyMs);
}

/** So many moments in a row of a day, `everyMs` apart. */
export function someMoments(chance: Chance, everyMs: number, count: number): readonly number[] {
  const all = momentsOfDay(chance.pick(DAYS), everyMs);
  const first = chance.happens(0.4)
    ? Math.min(all.length - count, Math.floor(HOUR_MS / everyMs))
    : chance.whole(0, all.length - count);
  return all.slice(first, first + count);
}

export function fact(key: string, value: string): Fact {
  return numberFact(key, value, Number.POSITIVE_INFINITY) as Fact;
}

function isOf(texts: Texts, { settlementPoint, settlementPointType }: Point): boolean {
  const type = texts["type"]?.trim();
  return texts["point"]?.trim() === settlementPoint && (type === undefined || type === settlementPointType);
}

/** Rows of some points at some moments; what the wanted point's say. */
function pointRows(
  chance: Chance,
  point: Point,
  moments: readonly number[],
  row: (ms: number, of: Point) => TruthRow,
): readonly TruthRow[] {
  const points = chance.shuffled([point, ...OTHERS.slice(0, chance.whole(0, OTHERS.length))]);
  return moments.flatMap((ms) => points.map((of) => (of === point ? row(ms, of) : { ...row(ms, of), facts: [] })));
}

/** NP6-905, and RTM_SPP of NP4-197-M: the price of a point's quarter hours. */
function settlementPrices(use: string, kind: string, price: Column, isCorrection: boolean): TableReport {
  const key = (ms: number, { settlementPoint, settlementPointType }: Point) =>
    `${kind}|${settlementPoint}|${settlementPointType}|${ms}|USD_PER_MWH`;
  return {
    use,
    kind,
    columns: [...INTERVAL, NAME, TYPE, price, FLAG],
    publishedAfterSeconds: isCorrection ? 3 * 86_400 : 90,
    isRefusedWhole: !isCorrection,
    rows: (chance, point, isApi) => {
      const moments = someMoments(chance, QUARTER_MS, isApi || isCorrection ? chance.whole(1, 8) : 1);
      const rows = pointRows(chance, point, moments, (ms, of) => {
        const text = decimalText(chance, 2, 9_000);
        const cells = {
          ...intervalCells(ms),
          point: textCell(of.settlementPoint),
          type: textCell(of.settlementPointType),
          price: numberCell(text),
        };
        return { cells, facts: [fact(key(ms, of), text)] };
      });
      return { rows, overMs: (moments.at(-1) as number) + QUARTER_MS };
    },
    read: (texts, point) =>
      isOf(texts, point)
        ? readingOf(readInterval(texts), (ms) => [numberFact(key(ms, point), texts["price"])])
        : "other",
  };
}

/** NP6-788, and RTM_SPLMP of NP4-197-M: the LMP of a point's SCED runs. */
function scedLmps(use: string, kind: string, price: Column, isCorrection: boolean): TableReport {
  const key = (ms: number, { settlementPoint }: Point) => `${kind}|${settlementPoint}|${ms}|USD_PER_MWH`;
  return {
    use,
    kind,
    columns: [...RUN, NAME, price],
    publishedAfterSeconds: isCorrection ? 3 * 86_400 : 45,
    isRefusedWhole: !isCorrection,
    rows: (chance, point, isApi) => {
      const marks = someMoments(chance, 300_000, isApi || isCorrection ? chance.whole(1, 8) : 1);
      const moments = marks.map((ms) => ms + chance.whole(0, 15) * 1_000);
      const rows = pointRows(chance, point, moments, (ms, of) => {
        const text = decimalText(chance, chance.pick([0, 2, 5]), 9_000);
        const cells = {
          ...stampCells(ms, "stamp", "flag"),
          point: textCell(of.settlementPoint),
          price: numberCell(text),
        };
        return { cells, facts: [fact(key(ms, of), text)] };
      });
      return { rows: uniqueTwins(rows), overMs: moments.at(-1) as number };
    },
    read: (texts, point) =>
      isOf(texts, point)
        ? readingOf(readStamp(texts["stamp"], texts["flag"]), (ms) => [numberFact(key(ms, point), texts["price"])])
        : "other",
  };
}

/** A report without types knows one row of a name and moment. */
function uniqueTwins(rows: readonly TruthRow[]): readonly TruthRow[] {
  const known = new Map<string, TruthRow>();
  for (const row of rows) {
    const key = `${row.cells["stamp"]?.csv} ${row.cells["flag"]?.csv} ${row.cells["point"]?.csv}`;
    if (known.get(key) === undefined || row.facts.length > 0) known.set(key, row);
  }
  return [...known.values()];
}

/** NP4-190: a point's prices of the hours of a day. */
const dayAheadPrices: TableReport = {
  use: "ercot/np4-190",
  kind: "day-ahead-price",
  columns: [
    INTERVAL[0] as Column,
    column("hour", "hour", "HourEnding", "hourEnding"),
    { ...NAME, csv: "SettlementPoint" },
    column("price", "decimal", "SettlementPointPrice", "settlementPointPrice"),
    FLAG,
  ],
  publishedAfterSeconds: -30 * 3_600,
  isRefusedWhole: true,
  rows: (chance, point) => {
    const moments = momentsOfDay(chance.pick(DAYS), HOUR_MS);
    const points = [point, OTHERS[0] as Point].slice(0, chance.whole(1, 2));
    const rows = moments.flatMap((ms) =>
      points.map((of) => {
        const text = decimalText(chance, 2, 5_000);
        const cells = { ...hourCells(ms), point: textCell(of.settlementPoint), price: numberCell(text) };
        const key = `day-ahead-price|${point.settlementPoint}|${ms}|USD_PER_MWH`;
        return { cells, facts: of === point ? [fact(key, text)] : [] };
      }),
    );
    return { rows, overMs: (moments.at(-1) as number) + HOUR_MS };
  },
  read: (texts, point) =>
    isOf(texts, point)
      ? readingOf(readHour(texts), (ms) => [
          numberFact(`day-ahead-price|${point.settlementPoint}|${ms}|USD_PER_MWH`, texts["price"]),
        ])
      : "other",
};

/** NP6-970: RTD's steps at a point. */
const rtdPath: TableReport = {
  use: "ercot/np6-970",
  kind: "rtd-path",
  columns: [
    column("stamp", "stamp", "RTDTimestamp", "RTDTimestamp"),
    column("flag", "flag", "RepeatedHourFlag", "repeatHourFlag", FLAG_NAMES),
    column("id", "number", "IntervalId", "intervalId"),
    column("ending", "stamp", "IntervalEnding", "intervalEnding"),
    column("endingFlag", "flag", "IntervalRepeatedHourFlag", "intervalRepeatHourFlag", ["IERepeatHourFlag"]),
    { ...NAME, csv: "SettlementPoint" },
    TYPE,
    column("price", "decimal", "LMP", "LMP"),
  ],
  publishedAfterSeconds: 40,
  isRefusedWhole: false,
  rows: (chance, point) => {
    const [mark = 0] = someMoments(chance, 300_000, 1);
    const runMs = mark + chance.whole(1, 20) * 1_000;
    const steps = Array.from({ length: chance.whole(3, 12) }, (_, i) => mark + (i + 1) * 300_000);
    const rows = pointRows(chance, point, steps, (ms, of) => {
      const text = decimalText(chance, 2, 5_000);
      const cells = {
        ...stampCells(runMs, "stamp", "flag"),
        ...stampCells(ms, "ending", "endingFlag"),
        id: numberCell(String(1 + steps.indexOf(ms))),
        point: textCell(of.settlementPoint),
        type: textCell(of.settlementPointType),
        price: numberCell(text),
      };
      return { cells, facts: [fact(rtdKey(point, runMs, ms), text)] };
    });
    return { rows, overMs: runMs };
  },
  read: (texts, point) => {
    if (!isOf(texts, point)) return "other";
    const runs = readStamp(texts["stamp"], texts["flag"]);
    const ends = readStamp(texts["ending"], texts["endingFlag"]).filter((ms) => ms !== undefined);
    const price = texts["price"];
    return everyReading(
      runs.flatMap((run) =>
        ends.map((end) => (run === undefined ? undefined : numberFact(rtdKey(point, run, end), price))),
      ),
    );
  },
};

/** One fact of several that may be meant. */
export function everyReading(facts: readonly (Fact | undefined)[]): RowReading {
  const [first, ...others] = facts;
  if (facts.every((one) => one === undefined)) return "unreadable";
  return { facts: first === undefined ? [] : [first], otherwise: others.filter((one) => one !== undefined) };
}

function rtdKey({ settlementPoint, settlementPointType }: Point, runMs: number, endMs: number): string {
  return `rtd-path|${settlementPoint}|${settlementPointType}|${runMs}|${endMs}|USD_PER_MWH`;
}

/** ERCOT's reports of points. */
export const POINT_REPORTS: readonly TableReport[] = [
  settlementPrices(
    "ercot/np6-905",
    "settlement-price/PUBLISHED",
    column("price", "decimal", "SettlementPointPrice", "settlementPointPrice"),
    false,
  ),
  settlementPrices(
    "ercot/np4-197-m",
    "settlement-price/CORRECTED",
    column("price", "decimal", "SPPCorrected", "SPPCorrected"),
    true,
  ),
  scedLmps("ercot/np6-788", "sced-lmp/PUBLISHED", column("price", "decimal", "LMP", "LMP"), false),
  scedLmps("ercot/np4-197-m", "sced-lmp/CORRECTED", column("price", "decimal", "LMPCorrected", "LMPCorrected"), true),
  dayAheadPrices,
  rtdPath,
];

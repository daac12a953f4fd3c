import { central, msOfStamp, msOfWall } from "./centralTime.ts";
import { loadMarketFiles, type MarketFilePaths, type PublishedMarket } from "./marketFiles.ts";
import { PriceFileError, priceFileRows } from "./priceFile.ts";
import type { PriceFileRow } from "./priceFile.ts";
import { PriceStatements } from "./priceStatements.ts";

/** A SCED run with the LMP of each point, text as in the file. */
export interface PriceRun {
  readonly atMs: number;
  readonly lmps: readonly { readonly point: string; readonly lmp: string }[];
}

/** A settlement interval with the price of each point and type. */
export interface PriceInterval {
  readonly startMs: number;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly hourEnding: number;
  readonly interval: number;
  readonly repeated: boolean;
  readonly prices: readonly { readonly point: string; readonly type: string; readonly price: string }[];
}

/** A settlement price published once more with another value. */
export interface PriceCorrection {
  readonly startMs: number;
  readonly point: string;
  readonly type: string;
  readonly price: string;
  readonly publishAtMs: number;
}

/** What the grid looked like from `atMs` on. */
export interface GridSnapshot {
  readonly atMs: number;
  readonly prcMw: number;
  readonly state: string;
  readonly eeaLevel: number;
}

/** What ERCOT publishes about one or more operating days. All lists ascend in time. */
export interface PriceDay {
  readonly days: readonly string[];
  readonly runs: readonly PriceRun[];
  readonly intervals: readonly PriceInterval[];
  readonly corrections: readonly PriceCorrection[];
  /** Empty when there is no PRC file: the dashboard then answers 404. */
  readonly conditions: readonly GridSnapshot[];
  /** What files of ERCOT's say beside them; the rest is derived. */
  readonly published?: PublishedMarket;
}

export interface LoadPriceDayOptions extends MarketFilePaths {
  /**
   * SCED LMPs, plain or .gz: MIS columns (`SCEDTimestamp` as MM/DD/YYYY HH:MM:SS) or API columns (ISO local time). One
   * or several. No runs are published where there is none.
   */
  readonly lmpPath?: string | readonly string[];
  /** 15-minute settlement point prices: NP6-905 or NP6-785 columns. One or several. */
  readonly sppPath: string | readonly string[];
  /** Operating days to load, `YYYY-MM-DD`. */
  readonly day?: string;
  readonly days?: readonly string[];
  /** Points to keep, all when absent. */
  readonly point?: string | readonly string[];
  /** Columns timestamp, prc, state, eea_level. */
  readonly prcPath?: string;
  /** NP6-905 key columns, CorrectedPrice, PublishAt. */
  readonly correctionsPath?: string;
}

const LEAD_MS = 20 * 60_000;
const LMP_COLUMNS = {
  at: ["SCEDTimestamp"],
  repeated: ["RepeatedHourFlag", "RepeatHourFlag"],
  point: ["SettlementPoint", "SettlementPointName"],
  lmp: ["LMP"],
};
const KEY_COLUMNS = {
  date: ["DeliveryDate"],
  hour: ["DeliveryHour"],
  interval: ["DeliveryInterval"],
  repeated: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
  point: ["SettlementPointName", "SettlementPoint"],
  type: ["SettlementPointType"],
};
const PRICE_COLUMNS = { ...KEY_COLUMNS, price: ["SettlementPointPrice"] };
const CORRECTION_COLUMNS = { ...KEY_COLUMNS, price: ["CorrectedPrice"], publishAt: ["PublishAt"] };
const CONDITION_COLUMNS = { at: ["timestamp"], prc: ["prc"], state: ["state"], eea: ["eea_level"] };

/**
 * Days to publish, read from ERCOT's own report columns. The runs of the last 20 minutes before the first day come
 * along: one of them is in force at midnight. A row that says the same once more counts once. @throws PriceFileError
 * naming file, line, column and what was expected; also for two prices of one interval or run, and when a file has no
 * row of the first day.
 */
export function loadPriceDay(options: LoadPriceDayOptions): PriceDay {
  const days = options.days ?? (options.day === undefined ? [] : [options.day]);
  const wanted = new Set(days);
  const points = options.point === undefined ? undefined : new Set([options.point].flat());
  const keeps = (point: string) => points === undefined || points.has(point);
  const firstMs = days[0] === undefined ? undefined : msOfWall(days[0], "00:00:00", false);
  if (firstMs === undefined)
    throw new PriceFileError(`price day: expected one or more days as YYYY-MM-DD, got ${JSON.stringify(days)}`);

  const [lmps, spps] = [new PriceStatements(), new PriceStatements()];
  const { lmpPath = [] } = options;
  const runs = [lmpPath].flat().flatMap((path) => readRuns(path, wanted, firstMs, keeps, lmps));
  if (options.lmpPath !== undefined && !runs.some(({ atMs }) => atMs >= firstMs))
    throw lmps.none(lmpPath, "SCED runs", days[0] as string, points);
  const intervals = [options.sppPath].flat().flatMap((path) => readIntervals(path, wanted, keeps, spps));
  if (!intervals.some(({ day }) => day === days[0]))
    throw spps.none(options.sppPath, "settlement prices", days[0] as string, points);
  const price: PriceDay = {
    days,
    runs: merge(
      runs,
      ({ atMs }) => atMs,
      (a, b) => ({ ...a, lmps: [...a.lmps, ...b.lmps] }),
    ),
    intervals: merge(
      intervals,
      ({ startMs }) => startMs,
      (a, b) => ({ ...a, prices: [...a.prices, ...b.prices] }),
    ),
    corrections: options.correctionsPath === undefined ? [] : readCorrections(options.correctionsPath, wanted, keeps),
    conditions: options.prcPath === undefined ? [] : readConditions(options.prcPath),
    published: loadMarketFiles(options, days),
  };
  return price;
}

function readRuns(
  path: string,
  days: ReadonlySet<string>,
  firstMs: number,
  keeps: (point: string) => boolean,
  stated: PriceStatements,
): PriceRun[] {
  const before = central(firstMs - 1).toISODate();
  const runs: PriceRun[] = [];
  for (const row of priceFileRows(path, LMP_COLUMNS)) {
    const { at, point, lmp } = row.cells;
    const day = isoDay(at.slice(0, 10));
    if (day === undefined || at.length !== 19) throw row.refusal("at", "MM/DD/YYYY HH:MM:SS or YYYY-MM-DDTHH:MM:SS");
    stated.saw(day, point);
    if (!(days.has(day) || day === before) || !keeps(point)) continue;
    const atMs = msOfWall(day, at.slice(11), flag(row, "repeated"));
    if (atMs === undefined)
      throw row.refusal("at", "a Central time that exists, with the flag of the repeated hour only in it");
    if (atMs < firstMs - LEAD_MS) continue;
    if (!isPrice(lmp)) throw row.refusal("lmp", "a decimal number");
    if (!stated.isNew(row, "lmp", `${atMs} ${point}`, "run and point")) continue;
    runs.push({ atMs, lmps: [{ point, lmp }] });
  }
  return runs;
}

function readIntervals(
  path: string,
  days: ReadonlySet<string>,
  keeps: (point: string) => boolean,
  stated: PriceStatements,
): PriceInterval[] {
  const intervals: PriceInterval[] = [];
  for (const row of priceFileRows(path, PRICE_COLUMNS)) {
    const { date, point, type, price } = row.cells;
    const day = isoDay(date);
    if (day === undefined) throw row.refusal("date", "MM/DD/YYYY or YYYY-MM-DD");
    stated.saw(day, point);
    if (!days.has(day) || !keeps(point)) continue;
    if (!isPrice(price)) throw row.refusal("price", "a decimal number");
    const key = keyOf(row, day);
    if (!stated.isNew(row, "price", `${key.startMs} ${point} ${type}`, "interval, point and type")) continue;
    intervals.push({ ...key, prices: [{ point, type, price }] });
  }
  return intervals;
}

function readCorrections(
  path: string,
  days: ReadonlySet<string>,
  keeps: (point: string) => boolean,
): PriceCorrection[] {
  const corrections: PriceCorrection[] = [];
  for (const row of priceFileRows(path, CORRECTION_COLUMNS)) {
    const { date, point, type, price, publishAt } = row.cells;
    const day = isoDay(date);
    if (day === undefined) throw row.refusal("date", "MM/DD/YYYY or YYYY-MM-DD");
    if (!days.has(day) || !keeps(point)) continue;
    const publishAtMs = msOfStamp(publishAt);
    if (publishAtMs === undefined)
      throw row.refusal("publishAt", "a time with offset such as 2026-08-19 00:20:00-0500");
    if (!isPrice(price)) throw row.refusal("price", "a decimal number");
    corrections.push({ startMs: keyOf(row, day).startMs, point, type, price, publishAtMs });
  }
  return corrections.sort((a, b) => a.publishAtMs - b.publishAtMs);
}

function readConditions(path: string): GridSnapshot[] {
  const snapshots: GridSnapshot[] = [];
  for (const row of priceFileRows(path, CONDITION_COLUMNS)) {
    const atMs = msOfStamp(row.cells.at);
    if (atMs === undefined) throw row.refusal("at", "a time with offset such as 2026-08-18 19:20:00-0500");
    if (!/^\d+$/.test(row.cells.prc)) throw row.refusal("prc", "whole MW");
    if (!/^[0-3]$/.test(row.cells.eea)) throw row.refusal("eea", "0..3");
    snapshots.push({ atMs, prcMw: Number(row.cells.prc), state: row.cells.state, eeaLevel: Number(row.cells.eea) });
  }
  return snapshots.sort((a, b) => a.atMs - b.atMs);
}

function keyOf(row: PriceFileRow<keyof typeof KEY_COLUMNS>, day: string): Omit<PriceInterval, "prices"> {
  const hourEnding = Number(row.cells.hour.replace(/:00$/, ""));
  const interval = Number(row.cells.interval);
  if (!Number.isInteger(hourEnding) || hourEnding < 1 || hourEnding > 24)
    throw row.refusal("hour", "an hour ending 1..24");
  if (!Number.isInteger(interval) || interval < 1 || interval > 4) throw row.refusal("interval", "an interval 1..4");
  const repeated = flag(row, "repeated");
  const two = (value: number) => String(value).padStart(2, "0");
  const startMs = msOfWall(day, `${two(hourEnding - 1)}:${two((interval - 1) * 15)}:00`, repeated);
  if (startMs === undefined)
    throw row.refusal("hour", "an hour of that day, with the flag of the repeated hour only in HE 2");
  return { startMs, day, hourEnding, interval, repeated };
}

function flag<Column extends string>(row: PriceFileRow<Column | "repeated">, column: "repeated"): boolean {
  const text = row.cells[column].toLowerCase();
  if (text === "y" || text === "true") return true;
  if (text === "n" || text === "false") return false;
  throw row.refusal(column, "Y, N, True or False");
}

function isoDay(text: string): string | undefined {
  if (text[4] === "-" && text[7] === "-" && text.length === 10) return text;
  return text[2] === "/" && text[5] === "/" && text.length === 10
    ? `${text.slice(6)}-${text.slice(0, 2)}-${text.slice(3, 5)}`
    : undefined;
}

function isPrice(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** Sorts by time and joins what shares one. */
function merge<Item>(items: readonly Item[], timeOf: (item: Item) => number, join: (a: Item, b: Item) => Item): Item[] {
  const byTime = new Map<number, Item>();
  for (const item of items) {
    const before = byTime.get(timeOf(item));
    byTime.set(timeOf(item), before === undefined ? item : join(before, item));
  }
  return [...byTime.values()].sort((a, b) => timeOf(a) - timeOf(b));
}

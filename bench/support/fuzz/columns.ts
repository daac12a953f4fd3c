import type { Chance } from "./chance.ts";
import { momentOf, wallAt } from "./centralClock.ts";
import { bareName, dayOf, decimalOf, type Fact, flagOf, hourOf, stampOf } from "./reading.ts";

/** A column of a report as ERCOT's documents name it. */
export interface Column {
  readonly id: string;
  readonly kind: "day" | "hour" | "number" | "decimal" | "flag" | "stamp" | "text";
  /** Names in files and in the Public API; others that it has had. */
  readonly csv: string;
  readonly api: string;
  readonly also?: readonly string[];
  /** A report without it can be read. */
  readonly isOptional?: boolean;
}

/** A cell in both spellings. `json` is raw JSON. */
export interface Cell {
  readonly csv: string;
  readonly json: string;
}

/** A row with what it says. */
export interface TruthRow {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly facts: readonly Fact[];
}

/** What a row says by an independent reading; `other`: something else, such as another point. */
export type RowReading =
  { readonly facts: readonly Fact[]; readonly otherwise: readonly Fact[] } | "other" | "unreadable";

/** Text of cells by column. */
export type Texts = Readonly<Record<string, string | undefined>>;

export const FLAG_NAMES = ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag", "repeatHourFlag"];

export function column(
  id: string,
  kind: Column["kind"],
  csv: string,
  api: string,
  also: readonly string[] = [],
): Column {
  return { id, kind, csv, api, also };
}

/** The column of each id under a header, where it has one that is named so. */
export function positionsUnder(
  header: readonly string[],
  columns: readonly Column[],
): Readonly<Record<string, number>> {
  const names = header.map(bareName);
  return Object.fromEntries(
    columns.flatMap(({ id, csv, api, also = [] }) => {
      const at = [csv, api, ...also].map((name) => names.indexOf(bareName(name))).find((one) => one !== -1);
      return at === undefined ? [] : [[id, at]];
    }),
  );
}

export function textCell(text: string): Cell {
  return { csv: text, json: JSON.stringify(text) };
}

export function numberCell(text: string): Cell {
  return { csv: text, json: text };
}

export function flagCell(is: boolean): Cell {
  return { csv: is ? "Y" : "N", json: String(is) };
}

export function dayCell(day: string): Cell {
  const [year, month, date] = day.split("-");
  return { csv: `${month}/${date}/${year}`, json: JSON.stringify(day) };
}

/** Cells of a quarter hour that begins at a moment. */
export function intervalCells(startMs: number): Record<"day" | "hour" | "interval" | "flag", Cell> {
  const { day, time, isSecond } = wallAt(startMs);
  return {
    day: dayCell(day),
    hour: numberCell(String(Number(time.slice(0, 2)) + 1)),
    interval: numberCell(String(Math.floor(Number(time.slice(3, 5)) / 15) + 1)),
    flag: flagCell(isSecond),
  };
}

/** Cells of an hour that begins at a moment, its ending as text. */
export function hourCells(startMs: number): Record<"day" | "hour" | "flag", Cell> {
  const { day, time, isSecond } = wallAt(startMs);
  const ending = String(Number(time.slice(0, 2)) + 1).padStart(2, "0");
  return { day: dayCell(day), hour: textCell(`${ending}:00`), flag: flagCell(isSecond) };
}

/** Cells of a wall stamp. */
export function stampCells(atMs: number, stamp: string, flag: string): Record<string, Cell> {
  const { day, time, isSecond } = wallAt(atMs);
  const us = dayCell(day).csv;
  return { [stamp]: { csv: `${us} ${time}`, json: JSON.stringify(`${day}T${time}`) }, [flag]: flagCell(isSecond) };
}

/** Decimal text of so many places, its sign and size by chance; sometimes zero. */
export function decimalText(chance: Chance, places: number, largest: number): string {
  const size = chance.pick([1, 10, 100, largest]);
  const units = chance.happens(0.03) ? 0 : Math.round(chance.next() * size * 10 ** places);
  const sign = largest < 100_000 && units > 0 && chance.happens(0.2) ? "-" : "";
  const digits = String(units).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  return `${sign}${whole}${places === 0 ? "" : `.${digits.slice(-places)}`}`;
}

/** Where a row's quarter hour begins. */
export function readInterval(texts: Texts): readonly (number | undefined)[] {
  const [day, hour, flag] = [dayOf(texts["day"] ?? ""), hourOf(texts["hour"] ?? ""), flagOf(texts["flag"] ?? "")];
  const interval = Number(decimalOf(texts["interval"] ?? "") ?? Number.NaN);
  if (day === undefined || hour === undefined || flag === undefined || ![1, 2, 3, 4].includes(interval)) return [];
  return momentsFirst(day, ((hour.hour - 1) * 60 + (interval - 1) * 15) * 60_000, flag);
}

/** Where a row's hour begins; the mark of the repeated one stands in its text or its flag. */
export function readHour(texts: Texts): readonly (number | undefined)[] {
  const [day, hour] = [dayOf(texts["day"] ?? ""), hourOf(texts["hour"] ?? "")];
  const flag = texts["flag"] === undefined ? false : flagOf(texts["flag"]);
  if (day === undefined || hour === undefined || flag === undefined) return [];
  return momentsFirst(day, (hour.hour - 1) * 3_600_000, flag || hour.isMarked);
}

/** The moment of a wall stamp with its flag. */
export function readStamp(stamp: string | undefined, flagText: string | undefined): readonly (number | undefined)[] {
  const [at, flag] = [stampOf(stamp ?? ""), flagOf(flagText ?? "")];
  return at === undefined || flag === undefined ? [] : momentsFirst(at.day, at.clockMs, flag);
}

/** Facts of a row: those of its moment, and those of the other copy of the hour. */
export function readingOf(
  [first, other]: readonly (number | undefined)[],
  factsAt: (ms: number) => readonly (Fact | undefined)[],
): RowReading {
  const all = (ms: number | undefined): readonly Fact[] | undefined => {
    const facts = ms === undefined ? undefined : factsAt(ms);
    return facts === undefined || facts.includes(undefined) ? undefined : (facts as readonly Fact[]);
  };
  const [facts, otherwise] = [all(first), all(other)];
  if (facts === undefined && otherwise === undefined) return "unreadable";
  return { facts: facts ?? [], otherwise: otherwise ?? [] };
}

/** A fact with a number as its value; undefined for text that is none, or that stands for no value. */
export function numberFact(key: string, text: string | undefined, largest = 99_998): Fact | undefined {
  const value = decimalOf(text ?? "");
  return value === undefined || Math.abs(Number(value)) > largest ? undefined : { key, value };
}

/** The moment that a clock and its flag mean, and the other copy of the hour; undefined where there is none. */
function momentsFirst(day: string, clockMs: number, isSecond: boolean): readonly (number | undefined)[] {
  return [momentOf(day, clockMs, isSecond), momentOf(day, clockMs, !isSecond)];
}

/** Cells of a file as texts. */
export function truthOf(cells: Record<string, Cell>): Texts {
  return Object.fromEntries(Object.entries(cells).map(([id, { csv }]) => [id, csv]));
}

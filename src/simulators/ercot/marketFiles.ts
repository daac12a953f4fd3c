import { DateTime } from "luxon";
import { central, msOfWall } from "./centralTime.ts";
import { PriceFileError, priceFileHas, priceFileRows, type PriceFileRow } from "./priceFile.ts";
import { PriceStatements } from "./priceStatements.ts";

/** Files of what ERCOT has published beside the prices of energy in real time; what none says is derived. */
export interface MarketFilePaths {
  /** Day-ahead prices: NP4-190 columns or the yearly workbook's. */
  readonly damPath?: string;
  /** Day-ahead clearing prices for capacity: NP4-188 columns, or a column a service. */
  readonly damMcpcPath?: string;
  /** Hours that the file's labels are late: 1 where what it says of HE 8 was the price of HE 7. */
  readonly damMcpcHoursLate?: number;
  /** Clearing prices for capacity by SCED run: NP6-332 columns. */
  readonly scedMcpcPath?: string;
  /** Clearing prices for capacity by settlement interval: NP6-331 columns. */
  readonly mcpcPath?: string;
}

/** Prices of services by their code, by the start of the hour or interval, or by SCED run. */
export type PublishedServices = ReadonlyMap<number, ReadonlyMap<string, string>>;

/** What ERCOT has published, by files of it. */
export interface PublishedMarket {
  /** Day-ahead prices by point and start of the hour. */
  readonly dayAhead: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly dayAheadMcpc: PublishedServices;
  readonly scedMcpc: PublishedServices;
  readonly mcpc: PublishedServices;
}

/** Codes of the services, as reports have them. */
const CODES = ["ECRS", "NSPIN", "REGDN", "REGUP", "RRS"];
const HOUR_MS = 3_600_000;
const REPEATED = ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"];
const HOUR = { date: ["DeliveryDate"], hour: ["HourEnding"] };
const RUN = { date: ["SCEDTimestamp"] };
const INTERVAL = { date: ["DeliveryDate"], hour: ["DeliveryHour"], interval: ["DeliveryInterval", "DeliveryInt"] };
const SERVICE = { service: ["AncillaryType", "ASType", "Product"], price: ["MCPC", "CappedMCPC"] };
const SERVICE_COLUMNS = Object.fromEntries(CODES.map((code) => [code, [code]]));

/**
 * What files of ERCOT's say of some days, whole hours and intervals. A row that says the same once more counts once.
 * @throws PriceFileError naming file, line, column and what was expected; for two prices of one thing, a service that
 * is not known, and where a file lacks an hour of the first day
 */
export function loadMarketFiles(paths: MarketFilePaths, days: readonly string[]): PublishedMarket {
  const { damPath, damMcpcPath, damMcpcHoursLate = 0, scedMcpcPath, mcpcPath } = paths;
  const [first = ""] = days;
  const wanted = new Set([...days, ...days.map(dayAfter)]);
  const dayAhead = damPath === undefined ? new Map<string, Map<number, string>>() : readDayAhead(damPath, wanted);
  const dayAheadMcpc = damMcpcPath === undefined ? new Map() : readDayAheadMcpc(damMcpcPath, wanted, damMcpcHoursLate);
  const hours = hoursOfDay(first);
  if (damPath !== undefined && ![...dayAhead.values()].some((prices) => hours.every((hourMs) => prices.has(hourMs))))
    throw lacks(damPath, `a day-ahead price of each of the ${hours.length} hours of ${first} at one point`);
  if (damMcpcPath !== undefined && !hours.every((hourMs) => dayAheadMcpc.get(hourMs)?.size === CODES.length))
    throw lacks(
      damMcpcPath,
      `a price of each of ${CODES.join(", ")} in each of the ${hours.length} hours of ${first}` +
        (damMcpcHoursLate === 0 ? "" : `, read ${damMcpcHoursLate} h earlier than it is labeled`),
    );
  return {
    dayAhead,
    dayAheadMcpc,
    scedMcpc: scedMcpcPath === undefined ? new Map() : readServices(scedMcpcPath, wanted, RUN, runOf),
    mcpc: mcpcPath === undefined ? new Map() : readServices(mcpcPath, wanted, INTERVAL, intervalOf),
  };
}

function dayAfter(day: string): string {
  return DateTime.fromISO(day, { zone: "utc" }).plus({ days: 1 }).toFormat("yyyy-MM-dd");
}

/** Starts of the hours of a Central day: 24, or 23 and 25. */
export function hoursOfDay(day: string): number[] {
  const startMs = msOfWall(day, "00:00:00", false);
  if (startMs === undefined) return [];
  const endMs = central(startMs).plus({ days: 1 }).toMillis();
  return Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) => startMs + hour * HOUR_MS);
}

type Cells = PriceFileRow<string>;

function readDayAhead(path: string, wanted: ReadonlySet<string>): Map<string, Map<number, string>> {
  const columns = { ...HOUR, repeated: REPEATED, point: ["SettlementPoint"], price: ["SettlementPointPrice"] };
  const stated = new PriceStatements();
  const byPoint = new Map<string, Map<number, string>>();
  for (const row of rowsOf(path, wanted, columns)) {
    const hourMs = hourOf(row);
    const { point = "" } = row.cells;
    const price = priceOf(row, "price");
    if (!stated.isNew(row, "price", `${hourMs} ${point}`, "hour and point")) continue;
    byPoint.set(point, (byPoint.get(point) ?? new Map<number, string>()).set(hourMs, price));
  }
  return byPoint;
}

function readDayAheadMcpc(
  path: string,
  wanted: ReadonlySet<string>,
  hoursLate: number,
): Map<number, Map<string, string>> {
  const read = priceFileHas(path, SERVICE.service)
    ? readServices(path, wanted, HOUR, hourOf)
    : collected(path, wanted, { ...HOUR, ...SERVICE_COLUMNS }, hourOf, (row) =>
        CODES.map((code) => [code, code, priceOf(row, code)] as const),
      );
  return new Map([...read].map(([hourMs, services]) => [hourMs - hoursLate * HOUR_MS, services]));
}

function readServices(
  path: string,
  wanted: ReadonlySet<string>,
  columns: Readonly<Record<string, readonly string[]>>,
  timeOf: (row: Cells) => number,
): Map<number, Map<string, string>> {
  return collected(path, wanted, { ...columns, repeated: REPEATED, ...SERVICE }, timeOf, (row) => {
    const code = row.cells["service"]?.toUpperCase() ?? "";
    if (!CODES.includes(code)) throw row.refusal("service", `one of ${CODES.join(", ")}`);
    return [[code, "price", priceOf(row, "price")] as const];
  });
}

function collected(
  path: string,
  wanted: ReadonlySet<string>,
  columns: Readonly<Record<string, readonly string[]>>,
  timeOf: (row: Cells) => number,
  pricesOf: (row: Cells) => readonly (readonly [code: string, column: string, price: string])[],
): Map<number, Map<string, string>> {
  const stated = new PriceStatements();
  const byTime = new Map<number, Map<string, string>>();
  for (const row of rowsOf(path, wanted, columns)) {
    const atMs = timeOf(row);
    for (const [code, column, price] of pricesOf(row)) {
      if (!stated.isNew(row, column, `${atMs} ${code}`, "time and service")) continue;
      byTime.set(atMs, (byTime.get(atMs) ?? new Map<string, string>()).set(code, price));
    }
  }
  return byTime;
}

/** Rows of the days; a file may hold years. */
function* rowsOf(
  path: string,
  wanted: ReadonlySet<string>,
  columns: Readonly<Record<string, readonly string[]>>,
): Generator<Cells> {
  for (const row of priceFileRows<string>(path, columns)) if (wanted.has(dayOf(row))) yield row;
}

function hourOf(row: Cells): number {
  return wallOf(row, dayOf(row), 0);
}

function intervalOf(row: Cells): number {
  const interval = Number(row.cells["interval"]);
  if (!Number.isInteger(interval) || interval < 1 || interval > 4) throw row.refusal("interval", "an interval 1..4");
  return wallOf(row, dayOf(row), (interval - 1) * 15);
}

function runOf(row: Cells): number {
  const time = row.cells["date"]?.slice(11) ?? "";
  const atMs = /^\d\d:\d\d:\d\d$/.test(time) ? msOfWall(dayOf(row), time, isRepeated(row)) : undefined;
  if (atMs === undefined) throw row.refusal("date", "MM/DD/YYYY HH:MM:SS or YYYY-MM-DD HH:MM:SS, a Central time");
  return atMs;
}

function wallOf(row: Cells, day: string, minute: number): number {
  const hourEnding = Number(row.cells["hour"]?.replace(/:00$/, ""));
  if (!Number.isInteger(hourEnding) || hourEnding < 1 || hourEnding > 24)
    throw row.refusal("hour", "an hour ending 1..24");
  const two = (value: number): string => String(value).padStart(2, "0");
  const startMs = msOfWall(day, `${two(hourEnding - 1)}:${two(minute)}:00`, isRepeated(row));
  if (startMs === undefined) throw row.refusal("hour", "an hour that the day has");
  return startMs;
}

function dayOf(row: Cells): string {
  const day = isoDay((row.cells["date"] ?? "").slice(0, 10));
  if (day === undefined) throw row.refusal("date", "a day as MM/DD/YYYY or YYYY-MM-DD");
  return day;
}

/** A file with a column a service has no flag: of the repeated hour it says the first copy. */
function isRepeated(row: Cells): boolean {
  const text = row.cells["repeated"]?.toLowerCase() ?? "n";
  if (!/^(?:y|n|true|false)$/.test(text)) throw row.refusal("repeated", "Y, N, True or False");
  return text === "y" || text === "true";
}

function priceOf(row: Cells, column: string): string {
  const price = row.cells[column] ?? "";
  if (!/^-?\d+(\.\d+)?$/.test(price)) throw row.refusal(column, "a decimal number");
  return price;
}

function isoDay(text: string): string | undefined {
  const [, month, date, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text) ?? [];
  if (year !== undefined) return `${year}-${month}-${date}`;
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

function lacks(path: string, what: string): PriceFileError {
  return new PriceFileError(`${path}: expected ${what}, found less; leave the file out to have derived prices`);
}

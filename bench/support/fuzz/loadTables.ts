import { wallAt } from "./centralClock.ts";
import type { Chance } from "./chance.ts";
import {
  type Cell,
  type Column,
  column,
  dayCell,
  decimalText,
  flagCell,
  hourCells,
  numberCell,
  numberFact,
  readHour,
  readingOf,
  readStamp,
  textCell,
  type Texts,
  truthOf,
  type TruthRow,
} from "./columns.ts";
import { dayOf, type Fact, flagOf } from "./reading.ts";
import { everyReading, fact, FLAG, HOUR_COLUMNS, INTERVAL, someMoments, type TableReport } from "./tables.ts";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

const ZONES: readonly (readonly [id: string, forecast: string, actual: string, api: string])[] = [
  ["COAST", "Coast", "COAST", "coast"],
  ["EAST", "East", "EAST", "east"],
  ["FAR_WEST", "FarWest", "FAR_WEST", "farWest"],
  ["NORTH", "North", "NORTH", "north"],
  ["NORTH_C", "NorthCentral", "NORTH_C", "northC"],
  ["SOUTHERN", "Southern", "SOUTHERN", "southern"],
  ["SOUTH_C", "SouthCentral", "SOUTH_C", "southC"],
  ["WEST", "West", "WEST", "west"],
  ["SYSTEM", "SystemTotal", "TOTAL", "total"],
];

function loadCells(chance: Chance): Record<string, Cell> {
  const text = () => decimalText(chance, chance.pick([0, 1, 2, 3, 14]), 90_000).replace("-", "");
  return Object.fromEntries(ZONES.map(([id]) => [id, numberCell(text())]));
}

function loadFacts(at: string, texts: Texts): (Fact | undefined)[] {
  return ZONES.map(([id]) => {
    const said = numberFact(`${at}|${id}|MW`, texts[id], 999_999);
    return said?.value.startsWith("-") === true ? undefined : said;
  });
}

const loadForecast: TableReport = {
  use: "ercot/np3-565",
  kind: "load-forecast",
  columns: [
    ...HOUR_COLUMNS,
    ...ZONES.map(([id, forecast]) =>
      column(id, "decimal", forecast, `${forecast[0]?.toLowerCase()}${forecast.slice(1)}`),
    ),
    column("model", "text", "Model", "model"),
    column("inUse", "flag", "InUseFlag", "inUseFlag"),
    FLAG,
  ],
  publishedAfterSeconds: -3 * 86_400,
  isRefusedWhole: false,
  rows: (chance) => {
    const moments = someMoments(chance, HOUR_MS, chance.whole(2, 8));
    const used = chance.pick(["E1", "M", "X"]);
    const rows = moments.flatMap((ms) =>
      ["E1", "M", "X"].map((model): TruthRow => {
        const cells = {
          ...hourCells(ms),
          ...loadCells(chance),
          model: textCell(model),
          inUse: flagCell(model === used),
        };
        return { cells, facts: model === used ? (loadFacts(`load-forecast|${ms}`, truthOf(cells)) as Fact[]) : [] };
      }),
    );
    return { rows, overMs: (moments.at(-1) as number) + HOUR_MS };
  },
  read: (texts) => {
    const isUsed = flagOf(texts["inUse"] ?? "");
    if (isUsed === false) return "other";
    return isUsed === undefined
      ? "unreadable"
      : readingOf(readHour(texts), (ms) => loadFacts(`load-forecast|${ms}`, texts));
  },
};

const actualLoad: TableReport = {
  use: "ercot/np6-345",
  kind: "actual-load",
  columns: [
    column("day", "day", "OperDay", "operatingDay"),
    column("hour", "hour", "HourEnding", "hourEnding"),
    ...ZONES.map(([id, , actual, api]) => column(id, "decimal", actual, api)),
    FLAG,
  ],
  publishedAfterSeconds: 5 * 3_600,
  isRefusedWhole: false,
  rows: (chance) => {
    const moments = someMoments(chance, HOUR_MS, chance.whole(2, 12));
    const rows = moments.map((ms): TruthRow => {
      const cells = { ...hourCells(ms), ...loadCells(chance) };
      return { cells, facts: loadFacts(`actual-load|${ms}`, truthOf(cells)) as Fact[] };
    });
    return { rows, overMs: (moments.at(-1) as number) + HOUR_MS };
  },
  read: (texts) => readingOf(readHour(texts), (ms) => loadFacts(`actual-load|${ms}`, texts)),
};

const systemDemand: TableReport = {
  use: "ercot/np6-235",
  kind: "system-demand",
  columns: [
    INTERVAL[0] as Column,
    column("ending", "hour", "TimeEnding", "timeEnding"),
    column("demand", "decimal", "Demand", "demand"),
    FLAG,
  ],
  publishedAfterSeconds: 300,
  isRefusedWhole: false,
  rows: (chance) => {
    const moments = someMoments(chance, QUARTER_MS, chance.whole(2, 20));
    const rows = moments.map((ms): TruthRow => {
      const { day, time, isSecond } = wallAt(ms);
      const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) + 15;
      const ending = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
      const text = decimalText(chance, chance.pick([0, 2, 9]), 90_000).replace("-", "");
      const cells = { day: dayCell(day), ending: textCell(ending), demand: numberCell(text), flag: flagCell(isSecond) };
      return { cells, facts: [fact(`system-demand|${ms}|MW`, text)] };
    });
    return { rows, overMs: (moments.at(-1) as number) + QUARTER_MS };
  },
  read: (texts) => {
    const [day, flag] = [dayOf(texts["day"] ?? ""), flagOf(texts["flag"] ?? "")];
    const found = /^(\d{1,2}):(\d\d)$/.exec(texts["ending"]?.trim() ?? "");
    const minutes = Number(found?.[1]) * 60 + Number(found?.[2]);
    if (day === undefined || flag === undefined || !(minutes > 0 && minutes <= 24 * 60 && minutes % 15 === 0))
      return "unreadable";
    // the label is the beginning's clock and fifteen minutes; in spring some print the clock after the change
    const labels = minutes === 180 ? [minutes - 15, minutes - 75] : [minutes - 15];
    const moments = labels.flatMap((label) => {
      const clock = `${String(Math.floor(label / 60)).padStart(2, "0")}:${String(label % 60).padStart(2, "0")}:00`;
      return readStamp(`${day}T${clock}`, String(flag));
    });
    return everyReading(
      moments
        .filter((ms) => ms !== undefined)
        .map((ms) => {
          const said = numberFact(`system-demand|${ms}|MW`, texts["demand"], 999_999);
          return said?.value.startsWith("-") === true ? undefined : said;
        }),
    );
  },
};

/** ERCOT's reports of load. */
export const LOAD_REPORTS: readonly TableReport[] = [loadForecast, actualLoad, systemDemand];

import type { Chance } from "./chance.ts";
import {
  type Cell,
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
  stampCells,
  type Texts,
  truthOf,
  textCell,
  type TruthRow,
} from "./columns.ts";
import type { Fact } from "./reading.ts";
import { LOAD_REPORTS } from "./loadTables.ts";
import {
  FLAG,
  HOUR_COLUMNS,
  INTERVAL,
  momentsOfDay,
  PRODUCT,
  PRODUCTS,
  RUN,
  someMoments,
  type TableReport,
} from "./tables.ts";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const DAYS = ["2026-11-01", "2025-11-02", "2026-03-08", "2025-03-09", "2026-08-18", "2025-12-31", "2024-02-29"];
const ADDERS = { RTRDPA: "USD_PER_MWH", RTDNCLR: "MW", RTDERS: "MW", RTDLL: "MW" } as const;

function addersCells(chance: Chance): Record<string, Cell> {
  return {
    lambda: numberCell(decimalText(chance, 2, 5_000)),
    RTRDPA: numberCell(decimalText(chance, 2, 5_000)),
    RTDNCLR: numberCell(decimalText(chance, 1, 100_000).replace("-", "")),
    RTDERS: numberCell(decimalText(chance, 0, 100_000).replace("-", "")),
    RTDLL: numberCell(decimalText(chance, 3, 100_000).replace("-", "")),
  };
}

const ADDER_COLUMNS: readonly Column[] = [
  { ...column("lambda", "decimal", "SystemLambda", "systemLambda"), isOptional: true },
  ...Object.keys(ADDERS).map((id) => ({ ...column(id, "decimal", id, id), isOptional: id === "RTDLL" })),
];

/** What a row says of adders; of a report without RTDLL, and of a deployment that cannot be read, no such thing. */
function addersFacts(at: string, texts: Texts): (Fact | undefined)[] {
  return Object.entries(ADDERS).flatMap(([id, unit]) => {
    if (id === "RTDLL" && texts[id] === undefined) return [];
    const said = numberFact(`${at}|${id}|${unit}`, texts[id], 200_000);
    return unit === "MW" && (said === undefined || said.value.startsWith("-")) ? [] : [said];
  });
}

const scedAdders: TableReport = {
  use: "ercot/np6-323",
  kind: "sced-adders",
  columns: [...RUN, ...ADDER_COLUMNS],
  publishedAfterSeconds: 45,
  isRefusedWhole: true,
  rows: (chance, _point, isApi) => {
    const moments = someMoments(chance, 300_000, isApi ? chance.whole(1, 6) : 1).map(
      (ms) => ms + chance.whole(0, 15) * 1_000,
    );
    const rows = moments.map((ms): TruthRow => {
      const cells = { ...stampCells(ms, "stamp", "flag"), ...addersCells(chance) };
      return { cells, facts: addersFacts(`sced-adders|${ms}`, truthOf(cells)) as Fact[] };
    });
    return { rows, overMs: moments.at(-1) as number };
  },
  read: (texts) => readingOf(readStamp(texts["stamp"], texts["flag"]), (ms) => addersFacts(`sced-adders|${ms}`, texts)),
};

const rtdAdders: TableReport = {
  use: "ercot/np6-325",
  kind: "rtd-adders",
  columns: [
    column("stamp", "stamp", "RTDTimestamp", "RTDTimestamp"),
    column("flag", "flag", "RepeatedHourFlag", "repeatHourFlag", FLAG_NAMES),
    column("ending", "stamp", "IntervalEnding", "intervalEnding"),
    column("endingFlag", "flag", "IERepeatHourFlag", "IERepeatHourFlag", ["IntervalRepeatedHourFlag"]),
    ...ADDER_COLUMNS,
  ],
  publishedAfterSeconds: 40,
  isRefusedWhole: false,
  rows: (chance) => {
    const [mark = 0] = someMoments(chance, 300_000, 1);
    const runMs = mark + chance.whole(1, 20) * 1_000;
    const steps = Array.from({ length: chance.whole(3, 12) }, (_, i) => mark + (i + 1) * 300_000);
    const rows = steps.map((ms): TruthRow => {
      const cells = {
        ...stampCells(runMs, "stamp", "flag"),
        ...stampCells(ms, "ending", "endingFlag"),
        ...addersCells(chance),
      };
      return { cells, facts: addersFacts(`rtd-adders|${runMs}|${ms}`, truthOf(cells)) as Fact[] };
    });
    return { rows, overMs: runMs };
  },
  read: (texts) => {
    const ends = readStamp(texts["ending"], texts["endingFlag"]).filter((ms) => ms !== undefined);
    const runs = readStamp(texts["stamp"], texts["flag"]).filter((ms) => ms !== undefined);
    const pairs = runs.flatMap((run) => ends.map((end) => `rtd-adders|${run}|${end}`));
    const [first, ...others] = pairs.map((at) => addersFacts(at, texts));
    if (first === undefined || first.includes(undefined)) return "unreadable";
    return { facts: first as Fact[], otherwise: others.flat().filter((one) => one !== undefined) };
  },
};

interface CapacityShape {
  readonly use: string;
  readonly kind: string;
  readonly price: string;
  readonly about: "hour" | "interval" | "run";
  readonly isCorrection?: true;
  readonly isSplit?: true;
}

/** NP4-188, NP6-331, NP6-332 and their corrections: a clearing price of each service. */
function capacityPrices({ use, kind, price, about, isCorrection, isSplit }: CapacityShape): TableReport {
  const time = { hour: [...HOUR_COLUMNS, FLAG], interval: [...INTERVAL, FLAG], run: RUN }[about];
  const also = isSplit === true || isCorrection === true ? [] : ["CappedMCPC"];
  const own = isSplit === true ? "CappedMCPC" : price;
  const columns = [
    ...time,
    PRODUCT,
    column("price", "decimal", own, own, also),
    ...(isSplit === true
      ? [{ ...column("uncapped", "decimal", "UncappedMCPC", "UncappedMCPC"), isOptional: true }]
      : []),
  ];
  const key = (ms: number, product: string) => `${kind}|${ms}|${product}|USD_PER_MW_HOUR`;
  const read = (texts: Texts): readonly (number | undefined)[] =>
    about === "hour"
      ? readHour(texts)
      : about === "interval"
        ? readInterval(texts)
        : readStamp(texts["stamp"], texts["flag"]);
  const facts = (ms: number, texts: Texts): (Fact | undefined)[] => {
    const product = texts["product"]?.trim().toUpperCase() ?? "";
    if (!(PRODUCTS as readonly string[]).includes(product)) return [undefined];
    const capped = numberFact(key(ms, product), texts["price"]);
    const uncapped =
      texts["uncapped"] === undefined ? undefined : numberFact(`${key(ms, product)}|uncapped`, texts["uncapped"]);
    return uncapped === undefined ? [capped] : [capped, uncapped];
  };
  return {
    use,
    kind,
    columns,
    publishedAfterSeconds: isCorrection === true ? 3 * 86_400 : about === "hour" ? -30 * 3_600 : 60,
    isRefusedWhole: isCorrection !== true,
    rows: (chance, _point, isApi) => {
      const many = isApi || isCorrection === true ? chance.whole(1, 4) : 1;
      const moments =
        about === "hour" && isCorrection !== true
          ? momentsOfDay(chance.pick(DAYS), HOUR_MS)
          : about === "run"
            ? someMoments(chance, 300_000, many).map((ms) => ms + chance.whole(0, 15) * 1_000)
            : someMoments(chance, about === "hour" ? HOUR_MS : QUARTER_MS, many);
      const rows = moments.flatMap((ms) =>
        PRODUCTS.map((product): TruthRow => {
          const [low, high] = [
            decimalText(chance, 2, 2_000).replace("-", ""),
            decimalText(chance, 2, 2_000).replace("-", ""),
          ];
          const when =
            about === "hour"
              ? hourCells(ms)
              : about === "interval"
                ? intervalCells(ms)
                : stampCells(ms, "stamp", "flag");
          const [capped, uncapped] = Number(low) <= Number(high) ? [low, high] : [high, low];
          const cells: Record<string, Cell> = {
            ...when,
            product: textCell(product),
            price: numberCell(isSplit === true ? capped : low),
          };
          if (isSplit === true) cells["uncapped"] = numberCell(uncapped);
          return { cells, facts: facts(ms, truthOf(cells)) as Fact[] };
        }),
      );
      const lasts = { hour: HOUR_MS, interval: QUARTER_MS, run: 0 }[about];
      return { rows, overMs: (moments.at(-1) as number) + lasts };
    },
    read: (texts) => readingOf(read(texts), (ms) => facts(ms, texts)),
  };
}

/** ERCOT's reports of the whole system. */
export const SYSTEM_REPORTS: readonly TableReport[] = [
  scedAdders,
  rtdAdders,
  capacityPrices({ use: "ercot/np4-188", kind: "day-ahead-mcpc/PUBLISHED", price: "MCPC", about: "hour" }),
  capacityPrices({ use: "ercot/np6-332", kind: "sced-mcpc/PUBLISHED", price: "MCPC", about: "run" }),
  capacityPrices({ use: "ercot/np6-332", kind: "sced-mcpc/PUBLISHED", price: "MCPC", about: "run", isSplit: true }),
  capacityPrices({ use: "ercot/np6-331", kind: "settlement-mcpc/PUBLISHED", price: "MCPC", about: "interval" }),
  capacityPrices({
    use: "ercot/np4-197-m",
    kind: "sced-mcpc/CORRECTED",
    price: "MCPCCorrected",
    about: "run",
    isCorrection: true,
  }),
  capacityPrices({
    use: "ercot/np4-197-m",
    kind: "settlement-mcpc/CORRECTED",
    price: "MCPCCorrected",
    about: "interval",
    isCorrection: true,
  }),
  capacityPrices({
    use: "ercot/np4-196-m",
    kind: "day-ahead-mcpc/CORRECTED",
    price: "MCPCCorrected",
    about: "hour",
    isCorrection: true,
  }),
  ...LOAD_REPORTS,
];

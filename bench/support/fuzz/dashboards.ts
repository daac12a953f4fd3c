import { momentOf, wallAt } from "./centralClock.ts";
import { decimalOf } from "./reading.ts";
import {
  atFacts,
  DAYS,
  epochOf,
  type Json,
  megawatts,
  type Members,
  NEAR_MS,
  type Page,
  rowsOf,
  stamp,
  stampedAt,
} from "./pageReading.ts";
import { momentsOfDay, POINTS } from "./tables.ts";

/** Above it lies nothing that the grid has, MW. */
const GRID_MAX_MW = 999_999;

const dailyPrc: Page = {
  use: "ercot/daily-prc",
  make: (chance, nowMs) => {
    const [state, level] = chance.pick([
      ["normal", 0],
      ["conservation", 0],
      ["watch", 0],
      ["eea1", 1],
      ["eea2", 2],
      ["eea3", 3],
    ] as const);
    const prc = chance.whole(400, 24_000);
    const rows = Array.from({ length: chance.whole(1, 4) }, (_, i, all = 4) => nowMs - (all - i) * 180_000);
    return {
      lastUpdated: stamp(nowMs - 5_000),
      current_condition: {
        title: "Conditions",
        state,
        index: level,
        condition_note: "There is enough power for current demand.",
        prc_value: prc.toLocaleString("en-US"),
        eea_level: level,
        energy_level_value: level,
        datetime: Math.floor((nowMs - 20_000) / 1_000),
      },
      data: rows.map((ms) => ({
        timestamp: stamp(ms),
        epoch: ms,
        interval: 1,
        dstFlag: "N",
        prc: chance.whole(400, 24_000),
      })),
    };
  },
  read: ({ lastUpdated, current_condition, data }, nowMs) => {
    if (typeof current_condition !== "object" || current_condition === null) return [];
    const { state, eea_level, prc_value, datetime } = current_condition as Members;
    const rows = rowsOf(data).flatMap(({ epoch }) => epochOf(epoch, nowMs) ?? []);
    if (typeof state !== "string") return [];
    const word = /^(?:eea|energy emergency alert)[ -]?(?:level)?[ -]?([123])$/.exec(state.trim().toLowerCase())?.[1];
    const rungs = ["normal", "conservation", "watch", "eea1", "eea2", "eea3"];
    const byWord = word === undefined ? rungs.indexOf(state.trim().toLowerCase()) : rungs.indexOf(`eea${word}`);
    const number =
      eea_level === undefined || eea_level === null || eea_level === "" ? "0" : decimalOf(String(eea_level));
    const byNumber = number === "0" ? 0 : rungs.indexOf(`eea${number}`);
    const isSure =
      byWord !== -1 &&
      byNumber !== -1 &&
      typeof eea_level !== "boolean" &&
      (typeof eea_level !== "object" || eea_level === null);
    const level = isSure ? (rungs[Math.max(byWord, byNumber)] as string) : "unreadable";
    const text = typeof prc_value === "number" ? String(prc_value) : prc_value;
    const prc = megawatts("grid-condition|prc|MW", text)
      .filter(({ value }) => !value.startsWith("-"))
      .map((one) => ({ ...one, isNeeded: true }));
    return [
      { key: "grid-condition|level", value: level, isNeeded: isSure },
      ...(isSure && typeof eea_level === "number"
        ? []
        : [{ key: "grid-condition|level", value: "unreadable", isNeeded: false }]),
      ...prc,
      ...atFacts("grid-condition|at", [
        epochOf(datetime, nowMs),
        ...rows,
        // a stamp that moves without its rows counts as five minutes after them
        ...rows.map((ms) => ms + 300_000),
        stampedAt(lastUpdated, nowMs),
      ]),
    ];
  },
};

/** Groups and keys of the capacity monitor that concern loads, as recorded. */
const MONITOR: readonly (readonly [group: string, ...keys: string[]])[] = [
  ["ercotWidePhysicalResponsiveCapabilityGroup", "prc"],
  ["responsiveReserveCapabilityGroup", "rrcCapPfrGenEsr", "rrcCapLrWoClr", "rrcCapLr", "rrcCapFfr"],
  ["responsiveReserveAwardsGroup", "rrAwdGen", "rrAwdNonClr", "rrAwdClr"],
  ["ercotContingencyReserveCapabilityGroup", "ecrsCapGen", "ecrsCapNclr", "ecrsCapClr", "ecrsCapDeployedGenLr"],
  ["ercotContingencyReserveAwardsGroup", "ecrsAwdGen", "ecrsAwdNonClr", "ecrsAwdClr"],
  ["nonSpinReserveCapabilityGroup", "nsrCapOnGenWoEo", "nsrCapUndeployedLr"],
  ["nonSpinReserveAwardsGroup", "nsrAwdLr"],
  ["systemAvailableCapacityGroup", "capClrDecreaseBp", "capClrIncreaseBp", "capWEoIncreaseBp"],
  ["emrOutAndOutLCapacityGroup", "telemHslEmr", "telemHslOutl"],
];
const OF_GENERATION = [
  "rrcCapPfrGenEsr",
  "rrcCapFfr",
  "rrAwdGen",
  "ecrsCapGen",
  "ecrsAwdGen",
  "nsrCapOnGenWoEo",
  "capWEoIncreaseBp",
  "telemHslEmr",
];

const capacityMonitor: Page = {
  use: "ercot/ancillary-service-capacity-monitor",
  make: (chance, nowMs) => ({
    lastUpdated: stamp(nowMs - 10_000),
    epoch: nowMs - 10_000,
    interval: 300,
    data: Object.fromEntries(
      MONITOR.map(([group, ...keys]) => [
        group,
        [["key", "value"], ...keys.map((key) => [key, chance.whole(0, 9_000)])],
      ]),
    ),
  }),
  read: ({ lastUpdated, epoch, data }, nowMs) => {
    const groups = (typeof data === "object" && data !== null ? data : {}) as Members;
    const facts = MONITOR.flatMap(([group, ...keys]) => {
      const pairs = (Array.isArray(groups[group]) ? (groups[group] as Json[]) : []).filter((pair): pair is Json[] =>
        Array.isArray(pair),
      );
      return keys
        .filter((key) => !OF_GENERATION.includes(key))
        .flatMap((key) => {
          const values = pairs.filter(([name]) => name === key).map(([, value]) => value);
          const said = new Set(values.map((value) => JSON.stringify(value)));
          return said.size === 1 ? megawatts(`as-capacity|${key}|MW`, values[0], GRID_MAX_MW, -50_000) : [];
        });
    });
    return [...facts, ...atFacts("as-capacity|at", [epochOf(epoch, nowMs), stampedAt(lastUpdated, nowMs)])];
  },
};

const SUPPLY_AND_DEMAND = ["demand", "capacity", "available"] as const;

function supplyDemandKey(ms: number, name: string): string {
  return `supply-demand|${new Date(ms).toISOString()}|${name}|MW`;
}

const supplyDemand: Page = {
  use: "ercot/supply-demand",
  make: (chance, nowMs) => {
    const mark = Math.floor(nowMs / 300_000) * 300_000;
    const hour = Math.floor(nowMs / 3_600_000) * 3_600_000;
    const row = (ms: number, forecast: number): Members => ({
      capacity: chance.whole(60_000, 99_000),
      available: chance.whole(60_000, 99_000),
      demand: chance.whole(30_000, 85_000),
      forecast,
      dstFlag: 0,
      timestamp: stamp(ms),
      epoch: ms,
    });
    const past = Array.from({ length: chance.whole(1, 5) }, (_, i) => row(mark - i * 300_000, 0)).toReversed();
    const ahead = Array.from({ length: chance.whole(0, 3) }, (_, i) => row(mark + (i + 1) * 300_000, 1));
    const forecast = Array.from({ length: chance.whole(1, 6) }, (_, i) => {
      const ms = hour + (i + 1) * 3_600_000;
      return {
        deliveryDate: wallAt(ms).day,
        dstFlag: "N",
        hourEnding: 1,
        availCapGen: chance.whole(60_000, 99_000),
        forecastedDemand: chance.whole(30_000, 85_000),
        timestamp: stamp(ms),
        epoch: ms,
      };
    });
    return { lastUpdated: stamp(nowMs - 3_000), data: [...past, ...ahead], forecast };
  },
  unsaid: ({ data }) =>
    rowsOf(data)
      .filter((row) => row["forecast"] === 1)
      .flatMap(({ epoch }) => {
        const ms = epochOf(epoch, Number.POSITIVE_INFINITY);
        return ms === undefined ? [] : SUPPLY_AND_DEMAND.map((name) => supplyDemandKey(ms, name));
      }),
  read: ({ data, forecast }, nowMs) => {
    const measured = rowsOf(data)
      .filter((row) => row["forecast"] === 0)
      .flatMap((row) => {
        const ms = epochOf(row["epoch"], nowMs);
        return ms === undefined ? [] : [{ row, ms }];
      })
      .toSorted((a, b) => a.ms - b.ms);
    const newest = measured.at(-1);
    if (newest === undefined) return [];
    const rooms = rowsOf(forecast).flatMap(({ epoch, availCapGen, forecastedDemand }) => {
      const ms = epochOf(epoch, Number.POSITIVE_INFINITY);
      const isSaid = [availCapGen, forecastedDemand].every(
        (mw) => typeof mw === "number" && mw >= 0 && mw <= GRID_MAX_MW,
      );
      return ms === undefined || ms > nowMs + 8 * 86_400_000 || !isSaid
        ? []
        : [{ ms, mw: Number(availCapGen) - Number(forecastedDemand) }];
    });
    const [least] = rooms.filter(({ ms }) => ms > newest.ms).toSorted((a, b) => a.mw - b.mw || a.ms - b.ms);
    return [
      ...measured.flatMap((one) =>
        SUPPLY_AND_DEMAND.flatMap((name) =>
          megawatts(supplyDemandKey(one.ms, name), one.row[name], GRID_MAX_MW).map((said) => ({
            ...said,
            isNeeded: one === newest,
          })),
        ),
      ),
      ...rooms.flatMap((one) =>
        megawatts(`supply-demand|room at ${new Date(one.ms).toISOString()}|MW`, one.mw).map((said) => ({
          ...said,
          isNeeded: one === least,
        })),
      ),
    ];
  },
};

const NAMES = { HB_WEST: "hbWest", LZ_WEST: "lzWest" } as const;

const systemWidePrices: Page = {
  use: "ercot/system-wide-prices",
  make: (chance, nowMs) => {
    const all = DAYS.flatMap((day) => momentsOfDay(day, 900_000)).filter((ms) => ms + 900_000 <= nowMs);
    const last = all.slice(-chance.whole(1, 12));
    return {
      lastUpdated: stamp(nowMs),
      rtSppData: last.map((startMs) => {
        const { time, isSecond } = wallAt(startMs);
        const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) + 15;
        const ending = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
        const price = () => chance.whole(-2_500, 500_000) / 100;
        const prices = { hbHouston: price(), hbWest: price(), lzWest: price(), lzHouston: price() };
        const timestamp = `${wallAt(startMs).day} ${ending === "24:00" ? "00:00" : ending}:00-0${isSecond ? 6 : 5}00`;
        return {
          intervalEnding: ending,
          dstFlag: isSecond ? "Y" : "N",
          ...prices,
          timestamp: ending === "24:00" ? stamp(startMs + 900_000) : timestamp,
          interval: startMs + 900_000,
        };
      }),
      damSppData: [],
    };
  },
  read: ({ rtSppData }, nowMs) =>
    rowsOf(rtSppData).flatMap((row) => {
      const moments = beginningsOf(row).filter((ms) => ms + 900_000 <= nowMs + NEAR_MS);
      return POINTS.flatMap(({ settlementPoint, settlementPointType }) =>
        moments.flatMap((ms, i) => {
          const key = `settlement-price/PRELIMINARY|${settlementPoint}|${settlementPointType}|${ms}|USD_PER_MWH`;
          const price = row[NAMES[settlementPoint as keyof typeof NAMES]];
          return megawatts(key, price).map((one) => ({ ...one, isNeeded: i === 0 && moments.length === 1 }));
        }),
      );
    }),
};

/** Where a row's quarter hour begins: by its epoch, and by its label. */
function beginningsOf({ interval, intervalEnding, timestamp, dstFlag }: Members): readonly number[] {
  const found = /^(\d\d):(\d\d)$/.exec(typeof intervalEnding === "string" ? intervalEnding : "");
  const minutes = Number(found?.[1]) * 60 + Number(found?.[2]);
  const [day = "", time = ""] = typeof timestamp === "string" ? timestamp.split(" ") : [];
  const isEnd = minutes === 24 * 60 && time.startsWith("00:00");
  const own = isEnd ? new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000 || 0).toISOString().slice(0, 10) : day;
  const label = minutes % 15 === 0 && minutes > 0 ? momentOf(own, (minutes - 15) * 60_000, dstFlag === "Y") : undefined;
  const epoch = typeof interval === "number" ? interval - 900_000 : undefined;
  return [...new Set([label, epoch].filter((ms) => ms !== undefined))];
}

/** ERCOT's dashboards as recorded or described. */
export const DASHBOARDS: readonly Page[] = [dailyPrc, capacityMonitor, supplyDemand, systemWidePrices];

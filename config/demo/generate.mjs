// Writes the synthetic demo evening beside itself: node config/demo/generate.mjs
// Nothing here is ERCOT's data: the columns are its reports', the numbers are made up, from a fixed table and a hash.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const DAY = "2026-08-18";
export const NEXT_DAY = "2026-08-19";
const OFFSET = "-0500";
const MINUTE = 60;
const DAY_SECONDS = 86_400;
/** Seconds of the demo's clock: 0 is midnight that starts DAY (daylight time throughout). */
const FIRST_RUN = -15 * MINUTE;
const END = DAY_SECONDS + 45 * MINUTE;

/** HB_WEST, $/MWh at a time of day; straight lines between the points. */
const LEVELS = [
  ["00:00", 21.5],
  ["01:30", 19],
  ["02:45", 14],
  ["03:05", 2.2],
  ["03:20", -4.1],
  ["03:35", 1.4],
  ["04:00", 15],
  ["05:30", 22],
  ["07:00", 29],
  ["08:30", 25.5],
  ["10:00", 23],
  ["12:00", 24],
  ["14:00", 27],
  ["15:30", 31],
  ["16:29", 34],
  ["16:30", 37],
  ["16:44", 40],
  ["16:45", 45],
  ["16:59", 50],
  ["17:00", 63],
  ["17:14", 66],
  ["17:15", 71],
  ["17:29", 75],
  ["17:30", 96],
  ["17:44", 100],
  ["17:45", 105],
  ["17:59", 109],
  ["18:00", 136],
  ["18:14", 150],
  ["18:15", 164],
  ["18:29", 190],
  ["18:30", 236],
  ["18:44", 310],
  ["18:45", 420],
  ["18:59", 760],
  ["19:00", 1450],
  ["19:14", 2650],
  ["19:15", 3900],
  ["19:29", 4620],
  ["19:30", 4790],
  ["20:14", 4810],
  ["20:15", 3300],
  ["20:29", 1900],
  ["20:30", 330],
  ["20:44", 130],
  ["20:45", 79],
  ["20:59", 75],
  ["21:00", 59],
  ["21:14", 56],
  ["21:15", 37.5],
  ["21:29", 36],
  ["22:30", 31],
  ["23:59", 23.5],
  ["24:00", 23],
  ["24:45", 20.5],
];
/** Runs whose price stands out of its surroundings, by the five-minute mark. */
const SPIKES = { "15:50": 198.4, "22:10": 262.75 };
/** Runs between the five-minute marks, as SCED makes them when something changes. */
const EXTRA_RUNS = [
  "06:32:41",
  "09:23:37",
  "13:07:52",
  "17:12:38",
  "18:47:42",
  "19:02:23",
  "19:27:15",
  "20:17:16",
  "20:32:04",
  "20:37:49",
];
/** Adder of an interval by its start, cents per MWh: system-wide, the same at every point. */
const ADDER_CENTS = { "19:00": 1_873, "19:15": 9_640, "19:45": 41_237, "20:00": -18_654 };
/** The adder of 19:45 was wrong: published again at 00:20 of the next day with this one. */
const CORRECTION = { start: "19:45", adderCents: 28_712, publishAt: `${NEXT_DAY} 00:20:00${OFFSET}` };
/** MW at a time of day; straight lines between the points. */
const PRC_MW = [
  ["00:00", 7400],
  ["06:00", 6900],
  ["12:00", 7100],
  ["16:30", 6300],
  ["17:30", 5100],
  ["18:30", 3600],
  ["18:50", 2960],
  ["19:20", 2440],
  ["19:40", 1960],
  ["20:05", 1840],
  ["20:25", 1980],
  ["20:40", 2700],
  ["20:50", 3250],
  ["21:30", 4600],
  ["23:00", 6200],
  ["24:00", 6800],
  ["24:45", 7000],
];
const STATES = [
  ["00:00", "normal", 0],
  ["18:50", "watch", 0],
  ["19:20", "eea1", 1],
  ["19:40", "eea2", 2],
  ["20:40", "watch", 0],
  ["20:50", "normal", 0],
];

/** The files of the demo, name → text. The same on every call and machine. */
export function demoFiles() {
  const runs = scedRuns();
  const intervals = [];
  for (let start = 0; start < END; start += 15 * MINUTE)
    intervals.push({ start, prices: settlementPrices(runs, start, adderAt(start)) });
  const corrected = secondsOf(CORRECTION.start);
  return {
    "sced-lmp.csv": table(
      ["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"],
      runs.flatMap(({ at, cents }) =>
        Object.entries(cents).map(([point, value]) => [wall(at), "N", point, money(value)]),
      ),
    ),
    "settlement-prices.csv": table(
      [...KEY, "SettlementPointPrice", "DSTFlag"],
      intervals.flatMap(({ start, prices }) =>
        prices.map(({ point, type, cents }) => [...keyOf(start), point, type, money(cents), "N"]),
      ),
    ),
    "corrections.csv": table(
      [...KEY, "CorrectedPrice", "DSTFlag", "PublishAt"],
      settlementPrices(runs, corrected, CORRECTION.adderCents).map(({ point, type, cents }) => [
        ...keyOf(corrected),
        point,
        type,
        money(cents),
        "N",
        CORRECTION.publishAt,
      ]),
    ),
    "grid-conditions.csv": table(["timestamp", "prc", "state", "eea_level"], gridConditions()),
  };
}

const KEY = ["DeliveryDate", "DeliveryHour", "DeliveryInterval", "SettlementPointName", "SettlementPointType"];

function scedRuns() {
  const starts = [];
  for (let mark = FIRST_RUN; mark < END; mark += 5 * MINUTE)
    starts.push({ mark, at: mark + 10 + (draw(`second ${mark}`) % 11) });
  for (const text of EXTRA_RUNS) starts.push({ mark: undefined, at: secondsOf(text) });
  return starts
    .sort((a, b) => a.at - b.at)
    .map(({ mark, at }) => {
      const spike = Object.entries(SPIKES).find(([time]) => secondsOf(time) === mark)?.[1];
      const level = spike === undefined ? between(LEVELS, mark ?? at) : spike;
      const hub = Math.round(level * 100 + Math.abs(level) * noise(`hub ${at}`, 1.5));
      const zone = hub + Math.round(Math.abs(hub) * 0.012) + (draw(`zone ${at}`) % 60);
      return { at, cents: { HB_WEST: hub, LZ_WEST: zone } };
    });
}

/**
 * Time-weighted LMP of the runs in force plus the adder, whole cents; the energy-weighted zone price differs by a few
 * cents.
 */
function settlementPrices(runs, start, adderCents) {
  const hub = timeWeightedCents(runs, start, "HB_WEST") + adderCents;
  const zone = timeWeightedCents(runs, start, "LZ_WEST") + adderCents;
  const weighted = draw(`weighted ${start}`) % 11 < 4 ? zone + Math.round(noise(`by ${start}`, 16)) : zone;
  return [
    { point: "HB_WEST", type: "HU", cents: hub },
    { point: "LZ_WEST", type: "LZ", cents: zone },
    { point: "LZ_WEST", type: "LZEW", cents: weighted },
  ];
}

function timeWeightedCents(runs, start, point) {
  const end = start + 15 * MINUTE;
  let centSeconds = 0;
  for (const [index, { at, cents }] of runs.entries()) {
    const until = Math.min(runs[index + 1]?.at ?? END, end);
    const seconds = until - Math.max(at, start);
    if (seconds > 0) centSeconds += cents[point] * seconds;
  }
  return Math.round(centSeconds / (15 * MINUTE));
}

function gridConditions() {
  const rows = [];
  for (let at = 0; at < END; at += at >= secondsOf("16:00") && at < secondsOf("22:00") ? MINUTE : 5 * MINUTE) {
    const [, state, eea] = STATES.findLast(([time]) => secondsOf(time) <= at);
    const prc = Math.round(between(PRC_MW, at) + noise(`prc ${at}`, 18));
    rows.push([`${stampDay(at)} ${clock(at)}${OFFSET}`, String(prc), state, String(eea)]);
  }
  return rows;
}

function adderAt(start) {
  return Object.entries(ADDER_CENTS).find(([time]) => secondsOf(time) === start)?.[1] ?? 0;
}

function between(points, at) {
  const next = points.findIndex(([time]) => secondsOf(time) > at);
  if (next <= 0) return points[next === 0 ? 0 : points.length - 1][1];
  const [fromTime, from] = points[next - 1];
  const [toTime, to] = points[next];
  return from + ((to - from) * (at - secondsOf(fromTime))) / (secondsOf(toTime) - secondsOf(fromTime));
}

function secondsOf(time) {
  const [hours, minutes, seconds = "0"] = time.split(":");
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Number in [-size, size] that depends on the key alone. */
function noise(key, size) {
  return ((draw(key) % 20_001) / 10_000 - 1) * size;
}

/** FNV-1a of the key, mixed once more so that neighboring keys differ in every bit. */
function draw(key) {
  let value = 0x811c9dc5;
  for (const character of key) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}

function stampDay(at) {
  return at < 0 ? "2026-08-17" : at < DAY_SECONDS ? DAY : NEXT_DAY;
}

function clock(at) {
  const seconds = ((at % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

function usDay(at) {
  const [year, month, day] = stampDay(at).split("-");
  return `${month}/${day}/${year}`;
}

function wall(at) {
  return `${usDay(at)} ${clock(at)}`;
}

function keyOf(start) {
  const minute = (start % DAY_SECONDS) / MINUTE;
  return [usDay(start), String(Math.floor(minute / 60) + 1), String(Math.floor((minute % 60) / 15) + 1)];
}

function money(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function table(header, rows) {
  return [header, ...rows].map((cells) => cells.join(",")).join("\n") + "\n";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(demoFiles())) {
    writeFileSync(join(folder, name), text);
    console.log(`${join(folder, name)}: ${text.split("\n").length - 2} rows`);
  }
}

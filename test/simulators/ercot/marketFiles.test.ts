import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { intervalKey } from "../../../src/domain/market/calendar.ts";
import type { MarketFeed } from "../../../src/ports/marketFeed.ts";
import { loadPriceDay, type LoadPriceDayOptions, type PriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { dayAheadMcpcFeed, dayAheadPriceFeed, scedMcpcFeed, settlementMcpcFeed } from "../../support/feeds.ts";
import { closeSimulators, fileOf, HandClock, simulate } from "./market.ts";

afterEach(closeSimulators);

const HOURS = Array.from({ length: 24 }, (_, i) => i + 1);
const CODES = ["ECRS", "NSPIN", "REGDN", "REGUP", "RRS"];
const two = (hour: number): string => String(hour).padStart(2, "0");
const csv = (header: string, rows: readonly string[]): string => `${[header, ...rows].join("\n")}\n`;
const LMP = csv("SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", [
  "08/18/2026 17:00:12,N,LZ_WEST,40.00",
  "08/18/2026 17:05:10,N,LZ_WEST,50.00",
]);
const QUARTERS = HOURS.flatMap((hour) => [1, 2, 3, 4].map((quarter) => [hour, quarter] as const));
const SPP = csv(
  "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
  ["18", "19"].flatMap((day) =>
    QUARTERS.map(([hour, quarter]) => `08/${day}/2026,${hour},${quarter},LZ_WEST,LZ,30.00,N`),
  ),
);
const DAM_HEADER = "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag";
const DAM = HOURS.map((hour) => `08/18/2026,${two(hour)}:00,LZ_WEST,${hour}.25,N`);
/** Of RRS the hour's number, of the others a little more. */
const priceOf = (code: string, hour: number): string => (hour + CODES.indexOf(code) / 10).toFixed(2);
const MCPC_HEADER = "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag";
const MCPC = HOURS.flatMap((hour) =>
  CODES.map((code) => `08/18/2026,${two(hour)}:00,${code},${priceOf(code, hour)},N`),
);

const loaded = (files: Partial<LoadPriceDayOptions>): PriceDay =>
  loadPriceDay({
    lmpPath: fileOf("lmp.csv", LMP),
    sppPath: fileOf("spp.csv", SPP),
    days: ["2026-08-18", "2026-08-19"],
    ...files,
  });

interface Read {
  /** Documents that say prices which ERCOT never published. */
  readonly derived: number;
  readonly documents: number;
  readonly observations: readonly MarketObservation[];
}

/** What a feed reads in one poll, when everything about the days is published. */
async function read(
  open: (given: {
    baseUrl: string;
    backfillMinutes: number;
    documentsPerPollMax: number;
    settlementPoint: string;
  }) => MarketFeed,
  day: PriceDay,
  { at = "2026-08-18T19:00:00-05:00", settlementPoint = "LZ_WEST" } = {},
): Promise<Read> {
  const clock = new HandClock(at);
  const simulator = await simulate({ clock, day });
  const feed = open({ baseUrl: simulator.url, backfillMinutes: 2_880, documentsPerPollMax: 500, settlementPoint });
  const { documents } = await feed.poll(undefined, clock.at);
  const ids = new Set(documents.map(({ documentId }) => documentId));
  const published = simulator.publications().filter(({ csvDocId }) => ids.has(csvDocId));
  return {
    documents: documents.length,
    derived: published.filter(({ stem }) => stem.includes("DERIVED")).length,
    observations: documents.flatMap((document) => [...feed.parse(document, "hash")]),
  };
}

const dayAhead = ({ observations }: Read): string[] =>
  observations.flatMap((one) => (one.kind === "day-ahead-price" ? [one.priceUsdPerMwh] : []));
const dayAheadRrs = ({ observations }: Read): string[] =>
  observations.flatMap((one) =>
    one.kind === "day-ahead-mcpc" && one.product === "RRS"
      ? [`${two(one.hour.hourEnding)} ${one.priceUsdPerMwHour}`]
      : [],
  );

describe("a day whose day-ahead prices are in a file of ERCOT's", () => {
  it("has them in NP4-190, whose document is not called derived; the day after, which no file has, is derived", async () => {
    const day = loaded({ damPath: fileOf("dam.csv", csv(DAM_HEADER, DAM)) });
    const before = await read(dayAheadPriceFeed, day, { at: "2026-08-18T12:00:00-05:00" });
    expect([dayAhead(before), before.documents, before.derived]).toEqual([HOURS.map((hour) => `${hour}.25`), 1, 0]);
    const after = await read(dayAheadPriceFeed, day);
    expect([dayAhead(after).slice(24), after.documents, after.derived]).toEqual([HOURS.map(() => "30.00"), 2, 1]);
  });

  it("has its clearing prices for capacity in NP4-188", async () => {
    const day = loaded({ damMcpcPath: fileOf("mcpc.csv", csv(MCPC_HEADER, MCPC)) });
    const one = await read(dayAheadMcpcFeed, day, { at: "2026-08-18T12:00:00-05:00" });
    expect(dayAheadRrs(one)).toEqual(HOURS.map((hour) => `${two(hour)} ${priceOf("RRS", hour)}`));
    expect([one.observations.length, one.documents, one.derived]).toEqual([24 * 5, 1, 0]);
  });

  it("has what a file that is labeled an hour late says of HE 8 in HE 7, and of the next day's HE 1 in HE 24", async () => {
    const wide = ["2026-08-18", "2026-08-19"].flatMap((day, later) =>
      HOURS.map((hour) => [day, hour, ...CODES.map((code) => priceOf(code, hour + later * 24))].join(",")),
    );
    const text = csv(["delivery_date", "hour_ending", ...CODES.map((code) => code.toLowerCase())].join(","), wide);
    const day = loaded({ damMcpcPath: fileOf("mcpc.csv", text), damMcpcHoursLate: 1 });
    const one = await read(dayAheadMcpcFeed, day, { at: "2026-08-18T12:00:00-05:00" });
    expect(dayAheadRrs(one)).toEqual(HOURS.map((hour) => `${two(hour)} ${priceOf("RRS", hour + 1)}`));
    expect(one.derived).toBe(0);
  });
});

it("real-time clearing prices are those of the files, of what a file does not say derived and called so", async () => {
  const run = (at: string, codes: readonly string[]): string[] =>
    codes.map((code) => `2026-08-18 ${at},N,${code},${priceOf(code, 300)}`);
  const day = loaded({
    scedMcpcPath: fileOf(
      "sced.csv",
      csv("SCEDTimestamp,RepeatedHourFlag,Product,MCPC", [...run("17:00:12", CODES), ...run("17:05:10", ["ECRS"])]),
    ),
    mcpcPath: fileOf(
      "mcpc.csv",
      csv(
        "DeliveryDate,DeliveryHour,DeliveryInt,RepeatedHourFlag,ASType,MCPC",
        CODES.map((code) => `08/18/2026,18,1,N,${code},${priceOf(code, 200)}`),
      ),
    ),
  });
  const sced = await read(scedMcpcFeed, day);
  const said = sced.observations.flatMap((one) =>
    one.kind === "sced-mcpc" && one.isUncapped !== true
      ? [`${one.scedAt.slice(11, 19)} ${one.product} ${one.priceUsdPerMwHour}`]
      : [],
  );
  expect(said.filter((text) => text.startsWith("22:00:12"))).toEqual(
    CODES.map((code) => `22:00:12 ${code} ${priceOf(code, 300)}`),
  );
  expect(said).toContain(`22:05:10 ECRS ${priceOf("ECRS", 300)}`);
  expect(said.filter((text) => text.startsWith("22:05:10"))).toHaveLength(5);
  expect([sced.documents, sced.derived]).toEqual([2, 1]);

  const settled = await read(settlementMcpcFeed, day);
  const quarter = settled.observations.flatMap((one) =>
    one.kind === "settlement-mcpc" && intervalKey(one.interval) === "2026-08-18/18/1"
      ? [`${one.product} ${one.priceUsdPerMwHour}`]
      : [],
  );
  expect(quarter).toEqual(CODES.map((code) => `${code} ${priceOf(code, 200)}`));
  expect(settled.documents - settled.derived).toBe(1);
});

describe("a file of a day's market is refused, with file, line and what was expected", () => {
  it.each<[string, Partial<LoadPriceDayOptions>, RegExp]>([
    [
      "without an hour of the day",
      { damPath: csv(DAM_HEADER, DAM.slice(1)) },
      /expected a day-ahead price of each of the 24 hours of 2026-08-18 at one point, found less/,
    ],
    [
      "without a service in one hour",
      { damMcpcPath: csv(MCPC_HEADER, MCPC.slice(1)) },
      /expected a price of each of ECRS, NSPIN, REGDN, REGUP, RRS in each of the 24 hours of 2026-08-18, found less/,
    ],
    [
      "that is labeled late and lacks the hour after the day",
      { damMcpcPath: csv(MCPC_HEADER, MCPC), damMcpcHoursLate: 1 },
      /of 2026-08-18, read 1 h earlier than it is labeled, found less/,
    ],
    [
      "with a service that is not known",
      { damMcpcPath: csv(MCPC_HEADER, ["08/18/2026,01:00,RRSX,1.00,N"]) },
      /:2: column AncillaryType: expected one of ECRS, NSPIN, REGDN, REGUP, RRS, found "RRSX"/,
    ],
    [
      "with two prices of one hour",
      { damPath: csv(DAM_HEADER, [...DAM, "08/18/2026,24:00,LZ_WEST,9.99,N"]) },
      /:26: column SettlementPointPrice: expected 24\.25 as in .*:25 for the same hour and point, found "9\.99"/,
    ],
    [
      "with a price that is none",
      { damPath: csv(DAM_HEADER, ["08/18/2026,01:00,LZ_WEST,,N"]) },
      /:2: column SettlementPointPrice: expected a decimal number, found ""/,
    ],
  ])("%s", (_what, files, said) => {
    const written = Object.entries(files).map(([name, text]) =>
      typeof text === "string" ? [name, fileOf("market.csv", text)] : [name, text],
    );
    expect(() => loaded(Object.fromEntries(written) as Partial<LoadPriceDayOptions>)).toThrow(said);
  });
});

const dataDir = process.env["BALLAST_DATA_DIR"];
const why = dataDir === undefined ? " (skipped: set BALLAST_DATA_DIR to the folder with recorded ERCOT prices)" : "";

describe.skipIf(dataDir === undefined)(`published market days${why}`, () => {
  const file = (name: string): string => join(dataDir ?? "", "ercot/prices", name);
  const linesOf = (name: string): string[] =>
    gunzipSync(readFileSync(file(name)))
      .toString("utf8")
      .trim()
      .split(/\r?\n/);
  const [DAM_2024, DAM_2025] = [2024, 2025].map((year) => `dam-spp-hourly.zones-hubs.${year}.csv.gz`) as [
    string,
    string,
  ];
  const MCPC_2024 = "dam-mcpc-hourly.2024-01_2026-02.csv.gz";
  const spp = (day: string): string =>
    fileOf("spp.csv", SPP.replaceAll("08/18/2026", day).replaceAll(/08\/19\/2026.*\n/g, ""));

  it("2024-08-20 has the 24 day-ahead prices of HB_HOUSTON, and the RRS prices of the file that is an hour late", async () => {
    const day = loadPriceDay({
      sppPath: spp("08/20/2024"),
      day: "2024-08-20",
      damPath: file(DAM_2024),
      damMcpcPath: file(MCPC_2024),
      damMcpcHoursLate: 1,
    });
    const at = "2024-08-20T12:00:00-05:00";
    const prices = await read(dayAheadPriceFeed, day, { at, settlementPoint: "HB_HOUSTON" });
    const published = linesOf(DAM_2024).flatMap((line) => {
      const [date, , , point, price] = line.split(",");
      return date === "08/20/2024" && point === "HB_HOUSTON" ? [price] : [];
    });
    expect([published.length, prices.derived]).toEqual([24, 0]);
    expect(dayAhead(prices)).toEqual(published);

    const late = linesOf(MCPC_2024).map((line) => line.split(","));
    const from = late.findIndex(([date, hour]) => date === "2024-08-20" && hour === "2");
    const rrs = late.slice(from, from + 24).map(([, , , , price], i) => `${two(i + 1)} ${price}`);
    const mcpc = await read(dayAheadMcpcFeed, day, { at });
    expect([late[from + 23]?.slice(0, 2), mcpc.derived]).toEqual([["2024-08-21", "1"], 0]);
    expect(dayAheadRrs(mcpc)).toEqual(rrs);
  });

  it("the autumn day of 2025 has both prices of LZ_WEST in the repeated hour: 61.07, then 64.97", async () => {
    const day = loadPriceDay({ sppPath: spp("11/02/2025"), day: "2025-11-02", damPath: file(DAM_2025) });
    const prices = dayAhead(await read(dayAheadPriceFeed, day, { at: "2025-11-02T12:00:00-06:00" }));
    expect([prices.length, prices.slice(1, 3)]).toEqual([25, ["61.07", "64.97"]]);
  });
});

import { parseInstant } from "../../../src/domain/units/instant.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { parseGridConditionJson } from "../../../src/adapters/ercot/reports/dailyPrc.ts";
import { parseDashboardPricesJson } from "../../../src/adapters/ercot/reports/systemWidePrices.ts";
import { parseMisDocumentList } from "../../../src/adapters/ercot/misDocumentList.ts";
import { unzipCsv } from "../../../src/adapters/ercot/unzipCsv.ts";
import { centralWall, intervalKey, intervalsOfDay } from "../../../src/domain/market/calendar.ts";
import { loadPriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { document } from "../../adapters/ercot/documents.ts";
import { HandClock, closeSimulators, fileOf, follow, simulate } from "./market.ts";
import { scedLmpFeed, settlementPriceFeed } from "../../support/feeds.ts";

afterEach(closeSimulators);
const dataDir = process.env["BALLAST_DATA_DIR"];
const why = dataDir === undefined ? " (skipped: set BALLAST_DATA_DIR to the folder with recorded ERCOT prices)" : "";
const file = (name: string) => join(dataDir ?? "", "ercot", name);
const linesOf = (name: string) =>
  gunzipSync(readFileSync(file(`prices/${name}`)))
    .toString("utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1);

const LMP_2024 = "rt-lmp-sced-5min.HB_HOUSTON.2024.csv.gz";
const SPP_2024_08 = "rt-spp-15min.hubs.np6-785-columns.2024-08.csv.gz";

/** Every run and interval of one day at a hub, as text, through server and feeds. */
async function replay(day: string, point: string, lmpPath: string, sppPath: string, from: string, until: string) {
  const loaded = loadPriceDay({ lmpPath, sppPath, day, point });
  const clock = new HandClock(from);
  const { url } = await simulate({ clock, day: loaded });
  const lmps = await follow(scedLmpFeed({ baseUrl: url, settlementPoint: point }), clock, until);
  clock.set(from);
  const prices = await follow(
    settlementPriceFeed({ baseUrl: url, settlementPoint: point, settlementPointType: "HU" }),
    clock,
    until,
  );
  return {
    runs: lmps.observations.flatMap((one) => {
      if (one.kind !== "sced-lmp") return [];
      const wall = centralWall(one.scedAt);
      return [
        `${wall.day}T${wall.time},${wall.repeatedHour ? "True" : "False"},${one.settlementPoint},${one.lmpUsdPerMwh}`,
      ];
    }),
    prices: prices.observations.flatMap((one) =>
      one.kind === "settlement-price" ? [`${intervalKey(one.interval)} ${one.priceUsdPerMwh}`] : [],
    ),
  };
}

/** A day is some 1,100 polls over HTTP. */
const REPLAY_WITHIN_MS = 240_000;

describe.skipIf(dataDir === undefined)(`recorded ERCOT days${why}`, () => {
  it(
    "2024-08-20 at HB_HOUSTON comes back unchanged, all 298 runs and 96 intervals, through file, server and feeds",
    async () => {
      const { runs, prices } = await replay(
        "2024-08-20",
        "HB_HOUSTON",
        file(`prices/${LMP_2024}`),
        file(`prices/${SPP_2024_08}`),
        "2024-08-20T00:00:00-05:00",
        "2024-08-21T00:10:00-05:00",
      );
      const recorded = linesOf(LMP_2024).filter((line) => line.startsWith("2024-08-20"));
      expect(recorded).toHaveLength(298);
      expect(runs.filter((line) => line.startsWith("2024-08-20"))).toEqual(recorded);
      expect(runs.slice(0, -recorded.length)).toEqual(
        linesOf(LMP_2024).filter((line) => line > "2024-08-19T23:40" && line < "2024-08-20"),
      );
      const settled = linesOf(SPP_2024_08).flatMap((line) => {
        const [date, hour, interval, , point, , price] = line.split(",");
        return date === "08/20/2024" && point === "HB_HOUSTON" ? [`2024-08-20/${hour}/${interval} ${price}`] : [];
      });
      expect(settled).toHaveLength(96);
      expect(prices).toEqual(settled);
      expect(prices).toContain("2024-08-20/21/2 2002.58");
    },
    REPLAY_WITHIN_MS,
  );

  it("the five runs of HB_WEST 2024-12-14 17:30 are those in force, the 4,673 spike among them", () => {
    const { runs } = loadPriceDay({
      lmpPath: file("prices/rt-lmp-sced-5min.HB_WEST.2024.csv.gz"),
      sppPath: file("prices/rt-spp-15min.hubs.np6-785-columns.2024-12.csv.gz"),
      day: "2024-12-14",
      point: "HB_WEST",
    });
    const startMs = Date.parse("2024-12-14T17:30:00-06:00");
    const inForce = runs.filter(
      ({ atMs }, index) => atMs < startMs + 900_000 && (runs[index + 1]?.atMs ?? 0) > startMs,
    );
    const seconds = inForce.map(
      ({ atMs }, index) =>
        (Math.min(inForce[index + 1]?.atMs ?? startMs + 900_000, startMs + 900_000) - Math.max(atMs, startMs)) / 1000,
    );
    expect(inForce.map(({ lmps }, index) => `${lmps[0]?.lmp} × ${seconds[index]}`)).toEqual([
      "121.62 × 10",
      "4673.27 × 299",
      "145.9 × 135",
      "93.53 × 166",
      "62.11 × 290",
    ]);
  });

  it(
    "2024-11-03 until 08:00, with its repeated hour, comes back unchanged and in order, made-up prices of its 36 intervals too",
    async () => {
      const intervals = intervalsOfDay("2024-11-03");
      const made = intervals.map(
        ({ hourEnding, interval, repeatedHour }, index) =>
          `11/03/2024,${hourEnding},${interval},HB_HOUSTON,HU,${index}.25,${repeatedHour ? "Y" : "N"}`,
      );
      const sppPath = fileOf(
        "spp.csv",
        [
          "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
          ...made,
        ].join("\n"),
      );
      const { runs, prices } = await replay(
        "2024-11-03",
        "HB_HOUSTON",
        file(`prices/${LMP_2024}`),
        sppPath,
        "2024-11-03T00:00:00-05:00",
        "2024-11-03T08:10:00-06:00",
      );
      const recorded = linesOf(LMP_2024).filter((line) => line.startsWith("2024-11-03"));
      const copy = (line: string) =>
        line.startsWith("2024-11-03T01") ? (line.includes(",True,") ? "2" : "1") : line < "2024-11-03T01" ? "0" : "3";
      const inOrder = recorded
        .map((line) => `${copy(line)}${line}`)
        .sort()
        .map((line) => line.slice(1));
      const until = inOrder.filter((line) => line < "2024-11-03T08:00");
      expect(until.length).toBeGreaterThan(9 * 12 - 1);
      expect(runs.filter((line) => line >= "2024-11-03" && line < "2024-11-03T08:00")).toEqual(until);
      expect(intervals).toHaveLength(100);
      expect(prices).toEqual(
        intervals.slice(0, 9 * 4).map((interval, index) => `${intervalKey(interval)} ${index}.25`),
      );
    },
    REPLAY_WITHIN_MS,
  );

  it("a year's file loads in under 1.5 s", () => {
    const start = performance.now();
    loadPriceDay({
      lmpPath: file(`prices/${LMP_2024}`),
      sppPath: file(`prices/${SPP_2024_08}`),
      day: "2024-08-20",
      point: "HB_HOUSTON",
    });
    expect(performance.now() - start).toBeLessThan(1500);
  });

  it("the recorded list, its zip, and the recorded dashboards are read", () => {
    const listed = parseMisDocumentList(
      readFileSync(file("samples/mis-IceDocListJsonWS.load-forecast.json"), "utf8"),
      "list",
      parseInstant("2025-03-14T00:00:00Z"),
    );
    expect(listed.problems).toEqual([]);
    expect(listed.documents.at(-1)).toMatchObject({
      docId: "1085273815",
      friendlyName: "LFCCONGESTNP3560_csv",
      publishedAt: "2025-03-13T17:30:00.000Z",
    });
    expect(unzipCsv(readFileSync(file("samples/mis-mirDownload.load-forecast.zip")), "zip")).toMatch(
      /^DeliveryDate,HourEnding,/,
    );
    const page = document("dashboard/daily-prc", readFileSync(file("samples/dashboard-daily-prc.reconstructed.json")));
    const fetchedAt = parseInstant("2026-08-22T18:05:00Z");
    const [condition] = parseGridConditionJson({ ...page, fetchedAt }, "abc");
    expect(condition).toMatchObject({ level: "normal", prcMw: 18807 });
    const [price] = parseDashboardPricesJson(
      document(
        "dashboard/system-wide-prices",
        readFileSync(file("samples/dashboard-system-wide-prices.excerpt.2026-04-24.json")),
      ),
      "abc",
      "LZ_WEST",
    );
    expect(price).toMatchObject({
      settlementPointType: "LZ",
      priceUsdPerMwh: "809.79",
      interval: { operatingDay: "2026-04-24", hourEnding: 23, interval: 1 },
    });
  });
});

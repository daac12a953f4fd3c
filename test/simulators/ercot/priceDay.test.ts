import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { joinDays } from "../../../src/simulators/ercot/joinDays.ts";
import { loadPriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { fileOf } from "./market.ts";

const SPP =
  "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag\n08/18/2026,1,1,LZ_WEST,LZ,21.10,N\n08/18/2026,1,1,LZ_WEST,LZEW,21.15,N\n08/19/2026,1,1,LZ_WEST,LZ,19.00,N\n";
const LMP =
  "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n08/17/2026 23:35:10,N,LZ_WEST,18.00\n08/17/2026 23:55:12,N,LZ_WEST,20.00\n08/18/2026 00:00:14,N,LZ_WEST,21.50\n08/18/2026 00:00:14,N,HB_WEST,20.90\n08/19/2026 00:00:11,N,LZ_WEST,19.20\n";
const load = (lmp: string, spp = SPP, more: object = {}) =>
  loadPriceDay({ lmpPath: fileOf("lmp.csv", lmp), sppPath: fileOf("spp.csv", spp), day: "2026-08-18", ...more });
const runsOf = (lmp: string, more: object = {}) =>
  load(lmp, SPP, more).runs.map(({ atMs, lmps }) => [
    new Date(atMs).toISOString(),
    ...lmps.map(({ point, lmp: text }) => `${point} ${text}`),
  ]);

describe("a price day", () => {
  it("holds the day's runs and, from the evening before, those that can be in force at midnight", () => {
    expect(runsOf(LMP)).toEqual([
      ["2026-08-18T04:55:12.000Z", "LZ_WEST 20.00"],
      ["2026-08-18T05:00:14.000Z", "LZ_WEST 21.50", "HB_WEST 20.90"],
    ]);
  });

  it("can be two days, and one point", () => {
    expect(runsOf(LMP, { days: ["2026-08-18", "2026-08-19"], point: "LZ_WEST" }).map(([at]) => at)).toEqual([
      "2026-08-18T04:55:12.000Z",
      "2026-08-18T05:00:14.000Z",
      "2026-08-19T05:00:11.000Z",
    ]);
    const both = load(LMP, SPP, { days: ["2026-08-18", "2026-08-19"] });
    expect(joinDays([load(LMP), load(LMP, SPP, { day: "2026-08-19" })])).toEqual(both);
  });

  it("reads the API's columns and gzip as the MIS columns", () => {
    const api =
      "SCEDTimestamp,repeatHourFlag,settlementPoint,LMP\n2026-08-17T23:55:12,False,LZ_WEST,20.00\n2026-08-18T00:00:14,False,LZ_WEST,21.50\n2026-08-18T00:00:14,False,HB_WEST,20.90\n";
    expect(runsOf(api)).toEqual(runsOf(LMP));
    const packed = loadPriceDay({
      lmpPath: fileOf("lmp.csv.gz", gzipSync(LMP)),
      sppPath: fileOf("spp.csv", SPP),
      day: "2026-08-18",
    });
    expect(packed).toEqual(load(LMP));
  });

  it("reads the yearly report's column names with blanks as those of the 15-minute report", () => {
    const yearly =
      "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,Settlement Point Price\n08/18/2026,1,1,N,LZ_WEST,LZ,21.10\n08/18/2026,1,1,N,LZ_WEST,LZEW,21.15\n";
    expect(load(LMP, yearly).intervals).toEqual(load(LMP).intervals);
  });

  it("puts both copies of the repeated hour into the right order, however the file mixes them", () => {
    const lmp =
      "SCEDTimestamp,repeatHourFlag,settlementPoint,LMP\n2024-11-03T01:00:13,True,HB_WEST,29.27\n2024-11-03T01:00:14,False,HB_WEST,16.56\n";
    const spp =
      "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,Settlement Point Price\n11/03/2024,2,1,Y,HB_WEST,HU,2\n11/03/2024,2,1,N,HB_WEST,HU,1\n";
    const day = load(lmp, spp, { day: "2024-11-03" });
    expect(day.runs.map(({ atMs, lmps }) => [new Date(atMs).toISOString(), lmps[0]?.lmp])).toEqual([
      ["2024-11-03T06:00:14.000Z", "16.56"],
      ["2024-11-03T07:00:13.000Z", "29.27"],
    ]);
    expect(day.intervals.map(({ startMs, prices }) => [new Date(startMs).toISOString(), prices[0]?.price])).toEqual([
      ["2024-11-03T06:00:00.000Z", "1"],
      ["2024-11-03T07:00:00.000Z", "2"],
    ]);
  });

  it.each([
    [
      "a missing column",
      LMP.replace("LMP", "Price"),
      SPP,
      {},
      /lmp\.csv:1: expected a column LMP, found the header SCEDTimestamp/,
    ],
    ["a bad price", LMP.replace("21.50", "x"), SPP, {}, /lmp\.csv:4: column LMP: expected a decimal number, found "x"/],
    [
      "a bad time",
      LMP.replace("08/18/2026 00:00:14", "18.08.2026 00:00:14"),
      SPP,
      {},
      /lmp\.csv:4: column SCEDTimestamp: expected MM\/DD\/YYYY HH:MM:SS/,
    ],
    [
      "HE 25",
      LMP,
      SPP.replace(",1,1,LZ_WEST,LZ,", ",25,1,LZ_WEST,LZ,"),
      {},
      /spp\.csv:2: column DeliveryHour: expected an hour ending 1\.\.24, found "25"/,
    ],
    ["a short line", `${LMP}08/18/2026 00:05:10,N\n`, SPP, {}, /lmp\.csv:7: expected at least 4 fields, found 2/],
    [
      "a day that the file does not hold",
      LMP,
      SPP,
      { day: "2026-08-20" },
      /lmp\.csv: expected SCED runs of 2026-08-20, found none/,
    ],
    [
      "a point that the file does not hold",
      LMP,
      SPP,
      { point: "HB_PAN" },
      /expected SCED runs of 2026-08-18 for HB_PAN, found none/,
    ],
    ["no day", LMP, SPP, { day: undefined }, /expected one or more days as YYYY-MM-DD, got \[\]/],
  ])("refuses %s, naming file, line and column", (_what, lmp, spp, more, message) =>
    expect(() => load(lmp, spp, more)).toThrow(message),
  );

  it("refuses a file that is not there, or no gzip, with its path", () => {
    expect(() => loadPriceDay({ lmpPath: "/nowhere/lmp.csv", sppPath: "/nowhere/spp.csv", day: "2026-08-18" })).toThrow(
      /\/nowhere\/lmp\.csv: cannot be read as text/,
    );
    expect(() =>
      loadPriceDay({ lmpPath: fileOf("lmp.csv.gz", LMP), sppPath: fileOf("spp.csv", SPP), day: "2026-08-18" }),
    ).toThrow(/lmp\.csv\.gz: cannot be read as gzip/);
  });
});

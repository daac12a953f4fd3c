import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { parseDayAheadCorrectionsCsv } from "../../../src/adapters/ercot/reports/dayAheadCorrections.ts";
import { dayAheadPrices, parseDayAheadPricesCsv } from "../../../src/adapters/ercot/reports/dayAheadPrices.ts";
import { parseRtdAddersCsv } from "../../../src/adapters/ercot/reports/rtdAdders.ts";
import { parseRtdPathCsv } from "../../../src/adapters/ercot/reports/rtdPath.ts";
import { parseScedAddersCsv } from "../../../src/adapters/ercot/reports/scedAdders.ts";
import { publishedOf } from "../../../src/adapters/postgres/publishedPrices.ts";
import { dayAheadPrice, type DayAheadPriceObservation } from "../../../src/domain/inputs/dayAheadPrice.ts";
import { rtdAdders } from "../../../src/domain/inputs/rtdAdders.ts";
import { scedAdders } from "../../../src/domain/inputs/scedAdders.ts";
import { rtdPath } from "../../../src/domain/inputs/rtdPath.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";

function document(fetchedAt: string, lines: readonly string[]): RawDocument {
  const bytes = zipSync({ "report.csv": strToU8(`${lines.join("\r\n")}\r\n`) });
  const at = parseInstant(fetchedAt);
  return { source: "mis/1", documentId: "7", contentType: "application/zip", bytes, fetchedAt: at, publishedAt: at };
}

/** The columns of NP6-323 as the Public API names them, with RTDLL of release 2026-R7. */
const ADDERS =
  "systemLambda,RTRDPA,RTRDPARUS,RTRDPARDS,RTRDPARRS,RTRDPAECRS,RTRDPANSS,RTRRUC,RTRRMR,RTDNCLR,RTDERS," +
  "RTDCTIEIMPORT,RTDCTIEEXPORT,RTBLTIMPORT,RTBLTEXPORT,RTOLLSL,RTOLHSL";

describe("adders of a SCED run (NP6-323)", () => {
  const said = (row: string, header = `SCEDTimestamp,RepeatedHourFlag,${ADDERS}`, fetched = "2024-08-21T01:16:00Z") =>
    parseScedAddersCsv(document(fetched, [header, row]), "00").map(
      ({ scedAt, adderUsdPerMwh, loadResourcesMw, ersMw, largeLoadMw }) =>
        `${scedAt} ${adderUsdPerMwh} ${loadResourcesMw} ${ersMw} ${largeLoadMw ?? "-"}`,
    );
  const ROW = "08/20/2024 20:15:10,N,4812.55,717.18,0,0,0,0,0,0,0,0,950.5,0,0,0,0,41210.3,68744.9";

  it("are RTRDPA and what is deployed, whatever else the report has: 717.18 $/MWh and 950.5 MW of ERS", () => {
    expect(said(ROW)).toEqual(["2024-08-21T01:15:10.000Z 717.18 0 950.5 -"]);
  });

  it("have the deployed large load where the report has its column, in whatever order", () => {
    expect(said(`120,${ROW}`, `RTDLL,SCEDTimestamp,RepeatedHourFlag,${ADDERS}`)).toEqual([
      "2024-08-21T01:15:10.000Z 717.18 0 950.5 120",
    ]);
  });

  it("of the second copy of the autumn hour are an hour later, and an hour that the spring skips is none", () => {
    const autumn = (flag: string, fetched: string) =>
      said(ROW.replace("08/20/2024 20:15:10,N", `11/03/2024 01:15:10,${flag}`), undefined, fetched);
    expect(autumn("N", "2024-11-03T06:16:00Z")[0]).toContain("2024-11-03T06:15:10.000Z");
    expect(autumn("Y", "2024-11-03T07:16:00Z")[0]).toContain("2024-11-03T07:15:10.000Z");
    expect(() => said(ROW.replace("08/20/2024 20", "03/10/2024 02"), undefined, "2024-03-10T09:00:00Z")).toThrow(
      /line 2: column SCEDTimestamp: expected a Central time that exists/,
    );
  });

  it.each([
    ["a value that stands for none", ROW.replace("717.18", "-99999"), /column RTRDPA: expected a price/],
    ["an empty adder", ROW.replace("717.18", ""), /column RTRDPA: expected a decimal number/],
  ])("are refused aloud with %s, never zero", (_what, row, problem) => {
    expect(() => said(row)).toThrow(problem);
  });

  it.each([
    ["negative", "-1", /line 2: column RTDERS: expected MW from 0 to 200000, found "-1"/],
    ["blank", "", /line 2: column RTDERS: expected a decimal number/],
    ["more than the grid has", "300000", /line 2: column RTDERS: expected MW from 0 to 200000/],
  ])("keep the adder where ERS is %s: that deployment is unknown, not zero, and told", (_what, ers, problem) => {
    const header = `SCEDTimestamp,RepeatedHourFlag,${ADDERS}`;
    const problems: string[] = [];
    const one = document("2024-08-21T01:16:00Z", [header, ROW.replace("950.5", ers)]);
    const [read] = parseScedAddersCsv(one, "00", (problem) => problems.push(problem));
    expect(scedAdders.columns(read!).value).toBe("RTRDPA=717.18 RTDNCLR=0");
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it("are refused where the column of a deployment is missing: a renamed one may not read as nothing deployed", () => {
    expect(() => said(ROW, `SCEDTimestamp,RepeatedHourFlag,${ADDERS.replace("RTDERS", "RTDER")}`)).toThrow(
      /expected a column RTDERS/,
    );
  });
});

const RTD =
  "RTDTimestamp,RepeatedHourFlag,IntervalID,IntervalEnding,IntervalRepeatedHourFlag,SettlementPoint," +
  "SettlementPointType,LMP";

describe("RTD's look-ahead (NP6-970)", () => {
  const WEST = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
  const read = (rows: readonly string[], fetched: string, wanted = WEST) => {
    const problems: string[] = [];
    const paths = parseRtdPathCsv(document(fetched, [RTD, ...rows]), "00", wanted, (problem) => problems.push(problem));
    return { problems, paths, texts: paths.map((path) => `${path.rtdAt} ${rtdPath.columns(path).value}`) };
  };
  const row = (ending: string, lmp: string, type = "LZEW", flags = "N,N", run = "07/25/2025 14:45:13") =>
    `${run},${flags[0]},1,${ending},${flags[2]},LZ_WEST,${type},${lmp}`;
  // as published on 2025-07-25 for LZ_WEST
  const AFTERNOON = [row("07/25/2025 14:50:00", "69.37"), row("07/25/2025 14:55:00", "67.77")];
  const FETCHED = "2025-07-25T19:47:30Z";

  it("is one value a run: 69.37 in 287 s and 67.77 in 587 s, in whatever order the rows come", () => {
    expect(read(AFTERNOON.toReversed(), FETCHED).texts).toEqual(["2025-07-25T19:45:13.000Z +287 69.37 +587 67.77"]);
  });

  it("is that of the site's type alone: LZ and LZEW share a name", () => {
    const both = [...AFTERNOON, row("07/25/2025 14:50:00", "69.21", "LZ")];
    expect(read(both, FETCHED).texts).toEqual(["2025-07-25T19:45:13.000Z +287 69.37 +587 67.77"]);
    expect(read(both, FETCHED, { ...WEST, settlementPointType: "LZ" }).texts).toEqual([
      "2025-07-25T19:45:13.000Z +287 69.21",
    ]);
    expect(() => read(AFTERNOON, FETCHED, { ...WEST, settlementPointType: "HU" })).toThrow(
      /expected rows of LZ_WEST with type HU, found 2 rows, LZ_WEST with LZEW/,
    );
  });

  it("goes through the repeated hour: from the first copy into the second", () => {
    const run = "11/02/2025 01:50:01";
    const { texts } = read(
      [
        row("11/02/2025 01:55:00", "30.10", "LZEW", "N,N", run),
        row("11/02/2025 01:00:00", "30.20", "LZEW", "N,Y", run),
        row("11/02/2025 01:05:00", "30.30", "LZEW", "N,Y", run),
      ],
      "2025-11-02T06:52:30Z",
    );
    expect(texts).toEqual(["2025-11-02T06:50:01.000Z +299 30.1 +599 30.2 +899 30.3"]);
  });

  it("takes the copy that follows its run where the flag of a step is wrong, and ends at the spring change's 03:00", () => {
    const wrong = row("11/02/2025 01:05:00", "30.30", "LZEW", "N,N", "11/02/2025 01:50:01");
    expect(read([wrong], "2025-11-02T06:52:30Z").texts).toEqual(["2025-11-02T06:50:01.000Z +899 30.3"]);
    const run = "03/09/2025 01:50:01";
    const spring = [
      row("03/09/2025 01:55:00", "20", "LZEW", "N,N", run),
      row("03/09/2025 03:00:00", "21", "LZEW", "N,N", run),
      row("03/09/2025 02:05:00", "22", "LZEW", "N,N", run),
    ];
    const { texts, problems } = read(spring, "2025-03-09T07:52:30Z");
    expect(texts).toEqual(["2025-03-09T07:50:01.000Z +299 20 +599 21"]);
    expect(problems).toEqual([expect.stringMatching(/line 4: column IntervalEnding: expected a Central time within/)]);
  });

  it("leaves out a step without a value, aloud, and keeps the others; none at all is an error", () => {
    const bad = row("07/25/2025 15:00:00", "-99999");
    const { texts, problems } = read([...AFTERNOON, bad], FETCHED);
    expect(texts).toEqual(["2025-07-25T19:45:13.000Z +287 69.37 +587 67.77"]);
    expect(problems).toEqual([expect.stringMatching(/line 4: column LMP: expected a price/)]);
    expect(() => read([bad], FETCHED)).toThrow(/column LMP/);
  });

  it("refuses a step that is there twice with two prices, and more steps than two hours have", () => {
    expect(() => read([...AFTERNOON, row("07/25/2025 14:50:00", "70")], FETCHED)).toThrow(
      /is there twice, and differs/,
    );
    const many = Array.from({ length: 25 }, (_, i) =>
      row(`07/25/2025 14:${50 + (i % 10)}:${String(Math.floor(i / 10)).padStart(2, "0")}`, "1"),
    );
    expect(() => read(many, FETCHED)).toThrow(/at most 24 steps of an RTD run, found 25/);
  });

  it("is told as it stands in the document, and a record keeps the steps to come for 15 minutes", () => {
    const [path] = read(AFTERNOON, FETCHED).paths;
    const rules = { feedId: "rtd", silentAfterSeconds: 1_800 };
    const { input } = rtdPath.hear(path!, 1, parseInstant(FETCHED), rules, undefined);
    expect(input).toMatchObject({ id: "rtd-path/LZ_WEST/LZEW/2025-07-25T19:45:13.000Z/1" });
    expect(rtdPath.says(path!, input!, undefined)).toBe(true);
    expect(rtdPath.says(path!, { ...input!, path: [[287, 69.38]] }, undefined)).toBe(false);
    const frozen = (asOf: string) =>
      rtdPath.freeze({ rtdPath: input! }, { asOf: parseInstant(asOf), site: {} as never, intervalStart: path!.rtdAt });
    expect(frozen("2025-07-25T19:50:00Z").rtdPath?.path).toEqual([[587, 67.77]]);
    expect(frozen("2025-07-25T20:00:14Z")).toEqual({});
    expect(frozen("2025-07-25T19:45:00Z")).toEqual({});
  });
});

describe("RTD's indicative adders (NP6-325)", () => {
  const HEADER = `RTDTimestamp,repeatHourFlag,intervalID,intervalEnding,IERepeatHourFlag,${ADDERS}`;
  const row = (ending: string, adder: string) =>
    `08/20/2024 20:10:01,N,1,08/20/2024 ${ending},N,4812.55,${adder},0,0,0,0,0,0,0,0,0,0,0,0,0,41210.3,68744.9`;

  it("are kept as one value a run; steps that say the same say it once", () => {
    const rows = [row("20:15:00", "0"), row("20:20:00", "717.18"), row("20:25:00", "717.18")];
    const [read] = parseRtdAddersCsv(document("2024-08-21T01:12:45Z", [HEADER, ...rows]), "00");
    expect(rtdAdders.columns(read!)).toEqual({
      point: "",
      pointType: "",
      key: "2024-08-21T01:10:01.000Z",
      value: "+299 RTRDPA=0 RTDNCLR=0 RTDERS=0; +599 RTRDPA=717.18 RTDNCLR=0 RTDERS=0; +899",
    });
  });
});

describe("day-ahead prices (NP4-190)", () => {
  const HEADER = "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag";
  const hours = (date: string, prices: readonly (readonly [hour: string, price: string, flag?: string])[]) => [
    HEADER,
    ...prices.map(([hour, price, flag = "N"]) => `${date},${hour},LZ_WEST,${price},${flag}`),
    `${date},01:00,HB_WEST,1,N`,
  ];
  const he = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
  const all = (skipped: readonly number[] = []) =>
    Array.from({ length: 24 }, (_, i) => i + 1)
      .filter((hour) => !skipped.includes(hour))
      .map((hour) => [he(hour), `${hour}.50`] as const);
  const read = (lines: readonly string[], fetched = "2026-08-18T18:31:00Z") =>
    parseDayAheadPricesCsv(document(fetched, lines), "00", "LZ_WEST");

  const prices = (read: readonly DayAheadPriceObservation[]) => read.map(({ priceUsdPerMwh }) => priceUsdPerMwh);

  it("are one value an hour: 24 hours in order, 01:00 to 24:00", () => {
    const day = read(hours("08/19/2026", all().toReversed()));
    expect(day[16]).toMatchObject({
      settlementPoint: "LZ_WEST",
      hour: { operatingDay: "2026-08-19", hourEnding: 17, startsAt: "2026-08-19T21:00:00.000Z" },
    });
    expect(prices(day)).toEqual(all().map(([, price]) => price));
  });

  it("have 25 hours on the autumn day, the flagged 02:00 after the other: 60.89, 61.07, 64.97, 57.05 ...", () => {
    // HE 02:00 N 61.07 and Y 64.97 as ERCOT's workbook has them for LZ_WEST on 2025-11-02
    const autumn = [["02:00", "64.97", "Y"] as const, ...all([2]), ["02:00", "61.07"] as const];
    const day = prices(read(hours("11/02/2025", autumn), "2025-11-01T18:31:00Z"));
    expect(day.slice(0, 4)).toEqual(["1.50", "61.07", "64.97", "3.50"]);
    expect(day).toHaveLength(25);
  });

  it("have 23 hours on the spring day: HE 02:00 35.37, then HE 04:00 44.59; HE 03:00 is refused", () => {
    const spring = all([2, 3, 4]).concat([["02:00", "35.37"] as never, ["04:00", "44.59"] as never]);
    const day = prices(read(hours("03/09/2025", spring), "2025-03-08T18:31:00Z"));
    expect(day.slice(0, 4)).toEqual(["1.50", "35.37", "44.59", "5.50"]);
    expect(day).toHaveLength(23);
    expect(() => read(hours("03/09/2025", all()), "2025-03-08T18:31:00Z")).toThrow(
      /column HourEnding: expected an hour/,
    );
  });

  it("are refused with an hour missing, two prices of one, or a price that stands for none", () => {
    expect(() => read(hours("08/19/2026", all([17])))).toThrow(
      /expected every hour of 2026-08-19 at LZ_WEST, found none that begins at 2026-08-19T21:00:00.000Z/,
    );
    expect(() => read(hours("08/19/2026", [...all(), ["17:00", "99"]]))).toThrow(/two prices for the hour from/);
    expect(() => read(hours("08/19/2026", [...all([17]), ["17:00", "999999"]]))).toThrow(/expected a price/);
    expect(() => read(hours("08/19/2026", all()).map((line) => line.replace("LZ_WEST", "LZ_EAST")))).toThrow(
      /expected rows of settlement point LZ_WEST, found 25 of others/,
    );
  });

  const rules = { feedId: "dam", silentAfterSeconds: 111_600 };
  const point = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
  type Memory = Parameters<typeof dayAheadPrice.hear>[4];
  type DayAheadPriceInput = Parameters<typeof dayAheadPrice.absorb>[1];
  /** What a feed tells of documents that it reads one after another; hour by hour, the last message holds all. */
  const heard = (documents: readonly (readonly [read: readonly DayAheadPriceObservation[], at: string])[]) => {
    let memory: Memory;
    return documents.map(([day, at], i) => {
      let told: DayAheadPriceInput | undefined;
      let isUrgent = false;
      for (const hour of day) {
        const one = { ...hour, contentHash: `${i}${hour.contentHash}` };
        const says = dayAheadPrice.hear(one, 1, parseInstant(at), rules, memory);
        memory = JSON.parse(JSON.stringify(says.memory ?? memory ?? null)) as Memory;
        told = says.input ?? told;
        isUrgent ||= says.isUrgent === true;
      }
      return { told, isUrgent, day: day.map((hour) => ({ ...hour, contentHash: `${i}${hour.contentHash}` })) };
    });
  };
  const ofDay = (date: string) => read(hours(date, all()));
  const twoDays = () =>
    heard([
      [ofDay("08/18/2026"), "2026-08-18T12:00:00Z"],
      [ofDay("08/19/2026"), "2026-08-18T18:40:00Z"],
      [ofDay("08/17/2026"), "2026-08-18T18:40:00Z"],
    ]);
  const about = { site: point as never, loadKw: () => 0 };
  const at = (asOf: string) => ({ ...about, asOf: parseInstant(asOf), intervalStart: parseInstant(asOf) });

  it("of today and tomorrow go in one message, each hour found in its own document; other days are history", () => {
    const [today, tomorrow, past] = twoDays();
    expect(today?.told?.days.map(({ startsAt }) => startsAt)).toEqual(["2026-08-18T05:00:00.000Z"]);
    expect(tomorrow?.told?.days.map(({ startsAt }) => startsAt)).toEqual([
      "2026-08-18T05:00:00.000Z",
      "2026-08-19T05:00:00.000Z",
    ]);
    expect(past?.told).toBeUndefined();
    expect(tomorrow?.isUrgent).toBe(false);
    const parts = dayAheadPrice.parts?.(tomorrow!.told!) ?? [];
    expect(parts).toHaveLength(48);
    const saidBy = (day: readonly DayAheadPriceObservation[]) =>
      parts.filter((part) =>
        day.some((row) => row.contentHash === part.contentHash && dayAheadPrice.says(row, part, undefined)),
      ).length;
    expect([saidBy(today!.day), saidBy(tomorrow!.day)]).toEqual([24, 24]);
  });

  it("stand in a record from the current hour on, and are gone when their day is over", () => {
    const [, tomorrow] = twoDays();
    const { patch, relevant } = dayAheadPrice.absorb({}, tomorrow!.told!, at("2026-08-18T18:45:00Z"));
    expect(relevant).toBe(false);
    // 19:45 Central is in HE 20
    const [left, next] = dayAheadPrice.freeze(patch, at("2026-08-19T00:45:00Z")).dayAheadPrice ?? [];
    expect(left).toEqual({ startsAt: "2026-08-19T00:00:00.000Z", usdPerMwh: [20.5, 21.5, 22.5, 23.5, 24.5] });
    expect(next?.usdPerMwh).toHaveLength(24);
    expect(dayAheadPrice.freeze(patch, at("2026-08-20T05:00:00Z"))).toEqual({});
    const other = { ...tomorrow!.told!, settlementPoint: "LZ_EAST" };
    expect(dayAheadPrice.absorb({}, other, at("2026-08-18T18:45:00Z")).patch).toEqual({});
  });

  describe("that are corrected (NP4-196, DAM_SPP)", () => {
    const corrections = (rows: readonly string[]) =>
      parseDayAheadCorrectionsCsv(
        document("2026-08-19T22:00:00Z", [
          "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
          ...rows,
        ]),
        "c0",
        point,
      ) as readonly DayAheadPriceObservation[];
    const row = (hour: number, corrected: string, name = "LZ_WEST") =>
      `08/19/2026,${hour},${name},${hour}.50,${corrected},08/19/2026 16:02:11,N`;
    /** The correction of the prices of two hours, as the second version of each. */
    const told = () => {
      const read = corrections([row(19, "777.77"), row(20, "1.00", "HB_WEST"), row(21, "-3.25")]);
      let memory: Memory;
      const says = read.map((one) => {
        const heardNow = dayAheadPrice.hear(one, 2, parseInstant("2026-08-19T22:00:00Z"), rules, memory);
        memory = heardNow.memory;
        return heardNow;
      });
      return { read, says, input: says.at(-1)?.input as DayAheadPriceInput };
    };

    it("are of the site's point alone, in the hours that the document names, and go at once", () => {
      const { read, says, input } = told();
      expect(read.map(({ hour, priceUsdPerMwh, quality }) => [hour.hourEnding, priceUsdPerMwh, quality])).toEqual([
        [19, "777.77", "CORRECTED"],
        [21, "-3.25", "CORRECTED"],
      ]);
      expect(says.every(({ isUrgent }) => isUrgent === true)).toBe(true);
      expect(input.days.map(({ startsAt, usdPerMwh }) => [startsAt, usdPerMwh])).toEqual([
        ["2026-08-19T23:00:00.000Z", [777.77]],
        ["2026-08-20T01:00:00.000Z", [-3.25]],
      ]);
    });

    it("stand in the record in their hours, whichever feed is told last", () => {
      const [, tomorrow] = twoDays();
      const first = dayAheadPrice.absorb({}, tomorrow!.told!, at("2026-08-19T21:30:00Z")).patch;
      const corrected = dayAheadPrice.absorb(first, told().input, at("2026-08-19T22:01:00Z")).patch;
      const again = dayAheadPrice.absorb(corrected, tomorrow!.told!, at("2026-08-19T22:02:00Z")).patch;
      const [left] = dayAheadPrice.freeze(again, at("2026-08-19T22:05:00Z")).dayAheadPrice ?? [];
      // 17:05 Central is in HE 18
      expect(left?.usdPerMwh).toEqual([18.5, 777.77, 20.5, -3.25, 22.5, 23.5, 24.5]);
      expect(again).toEqual(corrected);
    });

    it("stand over a price that the Public API shows without a date, though its hour is still to come", () => {
      const day = read(hours("08/19/2026", all())).map(({ publishedAt: _, ...one }) => ({
        ...one,
        source: "api/np4-190-cd/rows",
      }));
      const undated = publishedOf(day[18] as DayAheadPriceObservation);
      expect(undated?.publishedAt).toBe("2026-08-18T05:00:00.000Z");
    });

    it("that come twice for one hour, or with a price that is none, are left out and told", () => {
      const problems: string[] = [];
      const read = parseDayAheadCorrectionsCsv(
        document("2026-08-19T22:00:00Z", [
          "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
          row(19, "777.77"),
          row(19, "7.77"),
          row(20, "n/a"),
          row(21, "-3.25"),
        ]),
        "c0",
        point,
        (problem) => problems.push(problem),
      );
      expect(read).toHaveLength(1);
      expect(problems.join()).toMatch(/SPPCorrected: expected a decimal number.*LZ_WEST 2026-08-19\/19 has different/s);
    });
  });

  it("are silent no sooner than 18:00 of the next day, which is when they may still come, also on the longest day", () => {
    const limit = dayAheadPrices.silentAfterSeconds({} as never, dayAheadPrices.usual);
    // published 12:30 CDT the day before the clocks go back; 18:00 CST is 30.5 h later
    expect(limit).toBeGreaterThan(30.5 * 3_600);
  });
});

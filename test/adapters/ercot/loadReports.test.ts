import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { parseActualLoadCsv } from "../../../src/adapters/ercot/reports/actualLoad.ts";
import { parseLoadForecastCsv } from "../../../src/adapters/ercot/reports/loadForecast.ts";
import { parseSystemDemandCsv } from "../../../src/adapters/ercot/reports/systemDemand.ts";
import { intervalStart } from "../../../src/domain/market/calendar.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";

function document(lines: readonly string[]): RawDocument {
  const at = parseInstant("2026-12-01T12:00:00Z");
  const bytes = zipSync({ "report.csv": strToU8(`${lines.join("\r\n")}\r\n`) });
  return { source: "mis/1", documentId: "7", contentType: "application/zip", bytes, fetchedAt: at, publishedAt: at };
}

const ZONES = "100,200,300,400,500,600,700,800";
const actual = (rows: readonly string[]) => {
  const told: string[] = [];
  const header = "OperDay,HourEnding,COAST,EAST,FAR_WEST,NORTH,NORTH_C,SOUTHERN,SOUTH_C,WEST,TOTAL,DSTFlag";
  const read = parseActualLoadCsv(document([header, ...rows]), "hash", (problem) => told.push(problem));
  const system = read.filter(({ area }) => area === "SYSTEM");
  return { read, told, system: system.map(({ hour, loadMw }) => `${hour.startsAt} ${loadMw}`) };
};

describe("actual load by weather zone (NP6-345)", () => {
  it("is a value for the system and each of eight zones an hour; 24:00 is the last hour of its day", () => {
    const { read, system } = actual([`11/20/2026,24:00,${ZONES},3600.98765,N`]);
    expect(read.map(({ area, loadMw }) => `${area} ${loadMw}`).join(", ")).toBe(
      "SYSTEM 3600.987, COAST 100, EAST 200, FAR_WEST 300, NORTH 400, NORTH_C 500, SOUTHERN 600, SOUTH_C 700, WEST 800",
    );
    expect(system).toEqual(["2026-11-21T05:00:00.000Z 3600.987"]);
  });

  it("of an hour that is there twice counts once where both say the same, and neither where they differ; the others stay", () => {
    const { system, told } = actual([
      `11/20/2026,01:00,${ZONES},3600,N`,
      `11/20/2026,01:00,${ZONES},3600.00,N`,
      `11/20/2026,02:00,${ZONES},3500,N`,
      `11/20/2026,02:00,${ZONES},3501,N`,
      `11/20/2026,03:00,${ZONES},3400,N`,
    ]);
    expect(system).toEqual(["2026-11-20T06:00:00.000Z 3600", "2026-11-20T08:00:00.000Z 3400"]);
    expect(told).toEqual([expect.stringMatching(/2026-11-20\/2 has different values: 3500 .* and 3501 /)]);
  });

  it("of the repeated hour is the second one, by its flag or by the text DST", () => {
    const first = `11/01/2026,02:00,${ZONES},3600,N`;
    const both = ["2026-11-01T06:00:00.000Z 3600", "2026-11-01T07:00:00.000Z 3300"];
    expect(actual([first, `11/01/2026,02:00,${ZONES},3300,Y`]).system).toEqual(both);
    expect(actual([first, `11/01/2026,02:00 DST,${ZONES},3300,N`]).system).toEqual(both);
  });

  it.each([
    ["HE 25", `11/20/2026,25:00,${ZONES},3600,N`, /expected an hour 01:00..24:00, found "25:00"/],
    ["the hour that the spring day skips", `03/08/2026,03:00,${ZONES},3600,N`, /this hour does not exist/],
    ["a repeated hour in summer", `07/01/2026,02:00 DST,${ZONES},3600,N`, /flagged as repeated hour/],
    ["a load below zero", `11/20/2026,01:00,${ZONES},-1,N`, /a load of 0 to 999999 MW/],
    ["no load", `11/20/2026,01:00,${ZONES},,N`, /column SYSTEM: expected a decimal number/],
    ["an hour of 2031", `11/20/2031,01:00,${ZONES},3600,N`, /column HourEnding: expected an interval that is over/],
    ["the hour that is running", `12/01/2026,07:00,${ZONES},3600,N`, /found "12\/01\/2026 07:00"/],
  ])("leaves out %s and keeps the hours beside it", (_, bad, problem) => {
    const { system, told } = actual([`11/20/2026,05:00,${ZONES},3000,N`, bad]);
    expect(system).toEqual(["2026-11-20T10:00:00.000Z 3000"]);
    expect(told).toEqual([expect.stringMatching(problem)]);
    expect(() => actual([bad])).toThrow(problem);
  });
});

const FORECAST =
  "DeliveryDate,HourEnding,Coast,East,FarWest,North,NorthCentral,SouthCentral,Southern,West,SystemTotal,Model,InUseFlag,DSTFlag";

describe("the load forecast (NP3-565)", () => {
  it("is one value a document: of each hour the model in use, in the order of the hours", () => {
    const [forecast, ...more] = parseLoadForecastCsv(
      document([
        FORECAST,
        `12/02/2026,2:00,${ZONES},3700,E3,Y,N`,
        `12/02/2026,1:00,${ZONES},9999,A6,N,N`,
        `12/02/2026,1:00,${ZONES},3600,E3,Y,N`,
      ]),
      "hash",
    );
    expect(more).toEqual([]);
    expect(
      forecast?.hours.map(({ hour, model, loadMw }) => [hour.hourEnding, model, loadMw.SYSTEM, loadMw.SOUTH_C]),
    ).toEqual([
      [1, "E3", "3600", "600"],
      [2, "E3", "3700", "600"],
    ]);
  });

  it("says so where two models in use differ, where a flag is odd, and where no model is in use", () => {
    const told: string[] = [];
    const rows = [
      `12/02/2026,1:00,${ZONES},3600,E3,Y,N`,
      `12/02/2026,2:00,${ZONES},3600,E3,Y,N`,
      `12/02/2026,2:00,${ZONES},3601,A6,true,N`,
      `12/02/2026,3:00,${ZONES},3600,E3,perhaps,N`,
    ];
    const [forecast] = parseLoadForecastCsv(document([FORECAST, ...rows]), "hash", (problem) => told.push(problem));
    expect(forecast?.hours).toHaveLength(1);
    expect(told).toEqual([
      expect.stringMatching(/line 5: column InUseFlag: expected Y or N, found "perhaps"/),
      expect.stringMatching(/2026-12-02\/2 has different values/),
    ]);
    expect(() => parseLoadForecastCsv(document([FORECAST, `12/02/2026,1:00,${ZONES},1,A6,N,N`]), "hash")).toThrow(
      /expected rows of the model in use, found 1 of others/,
    );
  });
});

describe("demand of the system (NP6-235)", () => {
  it("is of quarter hours that are over: one of a year ahead is told and left out", () => {
    const told: string[] = [];
    const rows = ["DeliveryDate,TimeEnding,Demand,DSTFlag", "12/01/2026,06:00,70000,N", "12/01/2027,06:00,70001,N"];
    const read = parseSystemDemandCsv(document(rows), "hash", (problem) => told.push(problem));
    expect(read.map(({ demandMw }) => demandMw)).toEqual(["70000"]);
    expect(told).toEqual([expect.stringMatching(/line 3: column TimeEnding: expected an interval that is over/)]);
  });

  const starts = (rows: readonly string[]): string[] =>
    parseSystemDemandCsv(document(["DeliveryDate,TimeEnding,Demand,DSTFlag", ...rows]), "hash").map(
      ({ interval, demandMw }) => `${intervalStart(interval)} ${demandMw}`,
    );

  it("is of the quarter hour before the printed time: across the spring change, and until 24:00", () => {
    expect(
      starts(["03/08/2026,01:45,26123.679,N", "03/08/2026,03:00,25879.7454,N", "03/08/2026,24:00,30000,N"]),
    ).toEqual([
      "2026-03-08T07:30:00.000Z 26123.679",
      "2026-03-08T07:45:00.000Z 25879.745",
      "2026-03-09T04:45:00.000Z 30000",
    ]);
  });

  it("of the repeated hour is the copy that its flag names", () => {
    expect(starts(["11/01/2026,02:00,30000,N", "11/01/2026,01:15,29000,Y", "11/01/2026,02:00,28000,Y"])).toEqual([
      "2026-11-01T06:45:00.000Z 30000",
      "2026-11-01T07:00:00.000Z 29000",
      "2026-11-01T07:45:00.000Z 28000",
    ]);
  });
});

const dataDir = process.env["BALLAST_DATA_DIR"] ?? "";
const nativeLoad = join(dataDir, "ercot/prices/native-load-hourly.2023.csv.gz");

describe.skipIf(dataDir === "" || !existsSync(nativeLoad))(
  "ERCOT's native load of 2023 (needs published loads: set BALLAST_DATA_DIR)",
  () => {
    it("has every hour of the year once: 23 and 25 on the change days, the repeated one marked DST, the peak on 10 August", () => {
      const [, ...rows] = gunzipSync(readFileSync(nativeLoad)).toString("utf8").trim().split("\n");
      const header = "OperDay,HourEnding,COAST,EAST,FWEST,NORTH,NCENT,SOUTH,SCENT,WEST,ERCOT";
      const told: string[] = [];
      const lines = rows.map((row) => row.replace(/^(\S+) /, "$1,"));
      const read = parseActualLoadCsv(document([header, ...lines]), "hash", (problem) => told.push(problem));
      const system = read.filter(({ area }) => area === "SYSTEM");
      expect(told).toEqual([]);
      expect(system).toHaveLength(8_760);
      expect(new Set(system.map(({ hour }) => hour.startsAt)).size).toBe(8_760);
      expect(system.filter(({ hour }) => hour.repeatedHour).map(({ hour }) => hour.startsAt)).toEqual([
        "2023-11-05T07:00:00.000Z",
      ]);
      const peak = system.reduce((most, one) => (Number(one.loadMw) > Number(most.loadMw) ? one : most));
      expect([peak.hour.operatingDay, Math.floor(Number(peak.loadMw))]).toEqual(["2023-08-10", 85_464]);
    });
  },
);

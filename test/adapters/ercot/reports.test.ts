import fc from "fast-check";
import { zipSync, strToU8 } from "fflate";
import { describe, expect, it } from "vitest";
import { auditParsers } from "../../../src/app/evidence/auditParsers.ts";
import { parsePriceCorrectionsCsv } from "../../../src/adapters/ercot/reports/priceCorrections.ts";
import { parseScedLmpCsv } from "../../../src/adapters/ercot/reports/scedLmp.ts";
import { parseSettlementPriceCsv } from "../../../src/adapters/ercot/reports/settlementPrices.ts";
import { PortDataError } from "../../../src/ports/errors.ts";
import { FETCHED_AT, document, zipped } from "./documents.ts";

const LMP =
  "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\r\n08/18/2026 17:00:12,N,HB_WEST,63.41\r\n08/18/2026 17:00:12,N,LZ_WEST,64.20\r\n";
const SPP = `DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag
08/18/2026,17,4,HB_WEST,HU,47.12,N
08/18/2026,17,4,LZ_WEST,LZ,47.96,N
08/18/2026,17,4,LZ_WEST,LZEW,48.10,N
`;
const lmpOf = (csv: string, point = "LZ_WEST") => parseScedLmpCsv(document("mis/12300", zipped(csv)), "abc", point);
const priceOf = (csv: string, type = "LZEW", point = "LZ_WEST") =>
  parseSettlementPriceCsv(document("mis/12301", zipped(csv)), "abc", {
    settlementPoint: point,
    settlementPointType: type,
  });

describe("an NP6-788 document", () => {
  it("gives the LMP of the wanted point with its provenance", () => {
    expect(lmpOf(LMP)).toEqual([
      {
        kind: "sced-lmp",
        source: "mis/12300",
        documentId: "1001",
        contentHash: "abc",
        fetchedAt: FETCHED_AT,
        quality: "PUBLISHED",
        settlementPoint: "LZ_WEST",
        scedAt: "2026-08-18T22:00:12.000Z",
        lmpUsdPerMwh: "64.20",
      },
    ]);
  });

  it("is read by the audit as by the feed, from its source alone", () => {
    const point = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
    const parsers = auditParsers(point);
    expect(parsers["mis/12300"]?.(document("mis/12300", zipped(LMP)), "abc")).toEqual(lmpOf(LMP));
    expect(parsers["mis/12301"]?.(document("mis/12301", zipped(SPP)), "abc")).toEqual(priceOf(SPP));
    expect(parsers["mis/99999"]).toBeUndefined();
  });

  it("reads the same under any spelling of the columns, with blanks, byte order mark and Windows line ends", () => {
    const other = `\uFEFFscedTimestamp,repeatHourFlag,settlementPoint,LMP   \r\n"08/18/2026 17:00:12",N, LZ_WEST ,64.20\r\n\r\n`;
    expect(lmpOf(other)).toEqual(lmpOf(LMP));
  });

  it.each([
    [
      "without its price column",
      LMP.replace("LMP", "CappedLMP"),
      /expected a column LMP, found the header SCEDTimestamp,RepeatedHourFlag,SettlementPoint,CappedLMP/,
    ],
    [
      "with two price columns",
      LMP.replaceAll(/\r\n/g, ",1\r\n").replace("LMP,1", "LMP,LMP"),
      /expected one column LMP, found two/,
    ],
    [
      "with a bad price",
      LMP.replace("64.20", "n/a"),
      /document 1001: line 3: column LMP: expected a decimal number such as -12\.40, found "n\/a"/,
    ],
    ["with a line cut short", LMP.replace(",64.20", ""), /line 3: expected 4 fields as in the header, found 3/],
    [
      "without the wanted point",
      LMP.replace("LZ_WEST", "LZ_NORTH"),
      /expected a row of settlement point LZ_WEST, found 2 rows of others/,
    ],
    [
      "with two prices of one run",
      `${LMP}08/18/2026 17:00:12,N,LZ_WEST,64.21\r\n`,
      /two LMPs for the run at 2026-08-18T22:00:12\.000Z: 64\.20 and 64\.21/,
    ],
    [
      "whose rows end with a bare carriage return",
      LMP.replaceAll("\r\n", "\n").replaceAll("\n", "\r"),
      /line 1: expected one line of CSV, found several that end with a bare carriage return/,
    ],
    ["that is empty", "", /expected a header line, found an empty file/],
  ])("%s is refused with what was expected and found", (_what, csv, message) => {
    expect(() => lmpOf(csv)).toThrow(PortDataError);
    expect(() => lmpOf(csv)).toThrow(message);
  });

  it("takes one price written in two ways for one: 64.20 and 64.2", () => {
    expect(lmpOf(`${LMP}08/18/2026 17:00:12,N,LZ_WEST,64.2\r\n`)).toHaveLength(1);
  });

  it("about a run an hour ahead is refused: no run has a price before it has begun", () => {
    expect(() => lmpOf(LMP.replaceAll("17:00:12", "18:00:12"))).toThrow(
      /line 3: column SCEDTimestamp: expected a run that has begun \(2026-08-18T23:00:12\.000Z is more than 120 s ahead/,
    );
  });

  it("of another point is not harmed by a bad row elsewhere", () => {
    expect(lmpOf(LMP.replace("63.41", ""), "LZ_WEST")).toHaveLength(1);
  });
});

describe("an NP4-197-M document", () => {
  const CORRECTION = `DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag
08/17/2026,20,1,HB_WEST,HU,842.37,798.12,08/18/2026 14:05:00,N
08/17/2026,20,2,HB_WEST,HU,842.37,798.123,08/18/2026 14:05:00,N
08/17/2026,20,1,LZ_WEST,LZ,850.00,806.00,08/18/2026 14:05:00,N
`;
  const corrected = (csv: string, point: string, told: string[] = []) =>
    parsePriceCorrectionsCsv(
      document("mis/13045", zipped(csv)),
      "abc",
      { settlementPoint: point, settlementPointType: "HU" },
      (problem) => told.push(problem),
    );

  it("corrects 842.37 to 798.12 $/MWh, leaves a row in fractions of a cent out and says so", () => {
    const told: string[] = [];
    expect(corrected(CORRECTION, "HB_WEST", told)).toEqual([
      {
        kind: "settlement-price",
        source: "mis/13045",
        documentId: "1001",
        contentHash: "abc",
        fetchedAt: FETCHED_AT,
        quality: "CORRECTED",
        settlementPoint: "HB_WEST",
        settlementPointType: "HU",
        interval: { operatingDay: "2026-08-17", hourEnding: 20, interval: 1, repeatedHour: false },
        priceUsdPerMwh: "798.12",
      },
    ]);
    expect(told).toEqual([
      'mis/13045 document 1001: line 3: column SPPCorrected: expected whole cents per MWh, at most two decimal places, found "798.123"',
    ]);
  });

  it("with two corrected prices of one interval corrects neither, says so, and corrects the others", () => {
    const told: string[] = [];
    const twice = `${CORRECTION}08/17/2026,20,1,HB_WEST,HU,842.37,790.00,08/18/2026 14:05:00,N
08/17/2026,20,3,HB_WEST,HU,842.37,61.5,08/18/2026 14:05:00,N
08/17/2026,20,3,HB_WEST,HU,842.37,61.50,08/18/2026 14:05:00,N
`;
    expect(corrected(twice, "HB_WEST", told)).toMatchObject([{ interval: { interval: 3 }, priceUsdPerMwh: "61.5" }]);
    expect(told.at(-1)).toContain("HB_WEST HU 2026-08-17/20/1 has different values: 798.12 and 790.00");
  });

  it("of other points corrects nothing here, and one without its column is refused", () => {
    expect(corrected(CORRECTION, "HB_NORTH")).toEqual([]);
    expect(() => corrected(CORRECTION.replace("SPPCorrected", "SPPNew"), "HB_WEST")).toThrow(
      /expected a column SPPCorrected, found the header/,
    );
  });
});

describe("an NP6-905 document", () => {
  it("keeps LZ and LZEW apart: same name, different price", () => {
    expect(priceOf(SPP, "LZ").map(({ priceUsdPerMwh }) => priceUsdPerMwh)).toEqual(["47.96"]);
    expect(priceOf(SPP, "LZEW")).toEqual([
      expect.objectContaining({
        kind: "settlement-price",
        settlementPoint: "LZ_WEST",
        settlementPointType: "LZEW",
        priceUsdPerMwh: "48.10",
        quality: "PUBLISHED",
        interval: { operatingDay: "2026-08-18", hourEnding: 17, interval: 4, repeatedHour: false },
      }),
    ]);
  });

  it("takes one price written in two ways for one, 48.1 and 48.10, and refuses two prices of one interval", () => {
    const again = (price: string) => `${SPP}08/18/2026,17,4,LZ_WEST,LZEW,${price},N\n`;
    expect(priceOf(again("48.1"))).toHaveLength(1);
    expect(() => priceOf(again("48.11"))).toThrow(/has two prices for 2026-08-18\/17\/4: 48\.10 and 48\.11/);
  });

  it("of a point with another type is refused, naming the types found", () => {
    expect(() => priceOf(SPP, "RN")).toThrow(
      /expected a row of LZ_WEST with type RN, found 3 rows, LZ_WEST with type LZ, LZEW/,
    );
  });

  it("with HE 25 is refused, never guessed", () => {
    expect(() => priceOf(SPP.replaceAll(",17,4,", ",25,4,"))).toThrow(
      /line 4: column DeliveryHour: expected a whole number 1\.\.24, found "25"/,
    );
  });

  it("reads the same whatever the order of the columns and whatever was added", () => {
    const table = SPP.trim()
      .split("\n")
      .map((line) => line.split(","));
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 }),
        fc.stringMatching(/^[a-z]{1,8}$/),
        (order, name) => {
          const widened = table.map((cells, index) => [
            ...cells,
            index === 0 ? `x${name}` : name,
            index === 0 ? `y${name}` : "7",
          ]);
          const csv = widened.map((cells) => order.map((place) => cells[place]).join(",")).join("\n");
          expect(priceOf(csv)).toEqual(priceOf(SPP));
        },
      ),
    );
  });
});

describe("a MIS zip", () => {
  const whole = zipped(LMP);
  const parse = (bytes: Uint8Array) => () => parseScedLmpCsv(document("mis/12300", bytes), "abc", "LZ_WEST");

  it("cut at any byte is refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(parse(whole.slice(0, length))).toThrow(PortDataError);
      }),
    );
  });

  it("with a changed byte of content is refused by its checksum", () => {
    const damaged = zipSync({ "a.csv": [strToU8(LMP), { level: 0 }] });
    const at = Buffer.from(damaged).indexOf("64.20");
    damaged[at] = "9".charCodeAt(0);
    expect(parse(damaged)).toThrow(/expected a whole zip.*CRC/i);
  });

  it("without a CSV, or with two, is refused with what it holds", () => {
    expect(parse(zipSync({ "a.xml": strToU8("<x/>") }))).toThrow(/expected one CSV in the zip, found a\.xml/);
    expect(parse(zipSync({ "a.csv": strToU8(LMP), "b.csv": strToU8(LMP) }))).toThrow(/found a\.csv, b\.csv/);
  });

  it("that is an HTML page is refused", () =>
    expect(parse(Buffer.from("<html></html>"))).toThrow(/expected a whole zip/));
});

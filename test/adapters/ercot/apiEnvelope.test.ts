import { describe, expect, it } from "vitest";
import { documentColumns } from "../../../src/adapters/ercot/reportDocument.ts";
import { parsePriceCorrectionsCsv } from "../../../src/adapters/ercot/reports/priceCorrections.ts";
import { parseScedLmpCsv } from "../../../src/adapters/ercot/reports/scedLmp.ts";
import { parseSettlementPriceCsv } from "../../../src/adapters/ercot/reports/settlementPrices.ts";
import { document, jsonDocument, zipped } from "./documents.ts";

type Cell = string | number | boolean | null;

/** A page of the Public API as it was recorded: rows are arrays, `fields` names their cells. */
const page = (fields: Record<string, string>, ...data: Cell[][]) => ({
  _meta: { totalRecords: data.length, pageSize: 10_000, totalPages: 1, currentPage: 1, query: { parameterCount: 0 } },
  report: { reportName: "r", reportDisplayName: "R", reportId: "12300", reportEMIL: "NP", downloadLimit: 2_000_000 },
  fields: Object.entries(fields).map(([name, dataType], i) => ({ name, dataType, cardinality: i + 1, label: name })),
  data,
  _links: null,
});
const LMP = { SCEDTimestamp: "DATETIME", repeatHourFlag: "BOOLEAN", settlementPoint: "VARCHAR", LMP: "DOUBLE" };
const SPP = {
  deliveryDate: "DATE",
  deliveryHour: "INTEGER",
  deliveryInterval: "INTEGER",
  settlementPoint: "VARCHAR",
  settlementPointType: "VARCHAR",
  settlementPointPrice: "DOUBLE",
  DSTFlag: "BOOLEAN",
};
const lmpOf = (body: unknown) => parseScedLmpCsv(jsonDocument("mis/12300", body), "abc", "LZ_WEST");

describe("a report read from an answer of the Public API", () => {
  it("says of a SCED run what the MIS document says: 64.2 $/MWh at 17:00:12", () => {
    const csv = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n08/18/2026 17:00:12,N,LZ_WEST,64.2\n";
    const api = lmpOf(page(LMP, ["2026-08-18T17:00:12", false, "LZ_WEST", 64.2]));
    expect(api).toEqual(parseScedLmpCsv(document("mis/12300", zipped(csv)), "abc", "LZ_WEST"));
    expect(api[0]?.lmpUsdPerMwh).toBe("64.2");
  });

  it("keeps LZ apart from LZEW, and reads hour ending 17, interval 4 as a number", () => {
    const body = page(
      SPP,
      ["2026-08-18", 17, 4, "LZ_WEST", "LZ", 47.96, false],
      ["2026-08-18", 17, 4, "LZ_WEST", "LZEW", 48.1, false],
    );
    const wanted = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
    expect(parseSettlementPriceCsv(jsonDocument("mis/12301", body), "abc", wanted)).toMatchObject([
      { priceUsdPerMwh: "48.1", interval: { operatingDay: "2026-08-18", hourEnding: 17, interval: 4 } },
    ]);
  });

  it("is read by the names of its fields: with the columns moved and one more it says the same", () => {
    const moved = { LMP: "DOUBLE", RTDLL: "DOUBLE", settlementPoint: "VARCHAR", repeatHourFlag: "BOOLEAN" };
    const body = page({ ...moved, SCEDTimestamp: "DATETIME" }, [64.2, 0, "LZ_WEST", false, "2026-08-18T17:00:12"]);
    expect(lmpOf(body)).toEqual(lmpOf(page(LMP, ["2026-08-18T17:00:12", false, "LZ_WEST", 64.2])));
  });

  it("corrects a price as the report of corrections does", () => {
    const fields = {
      deliveryDate: "DATE",
      deliveryHour: "INTEGER",
      deliveryInterval: "INTEGER",
      settlementPointName: "VARCHAR",
      settlementPointType: "VARCHAR",
      SPPOriginal: "DOUBLE",
      SPPCorrected: "DOUBLE",
      priceCorrectionTime: "DATETIME",
      DSTFlag: "BOOLEAN",
    };
    const row = ["2026-08-17", 20, 1, "HB_WEST", "HU", 842.37, 798.12, "2026-08-18T14:05:00", false];
    const wanted = { settlementPoint: "HB_WEST", settlementPointType: "HU" };
    const read = parsePriceCorrectionsCsv(jsonDocument("mis/13045", page(fields, row)), "abc", wanted);
    expect(read).toMatchObject([{ quality: "CORRECTED", priceUsdPerMwh: "798.12" }]);
  });

  it("reads a price of 1.2E-7 as the plain decimal that it is", () => {
    expect(lmpOf(page(LMP, ["2026-08-18T17:00:12", false, "LZ_WEST", 1.2e-7]))[0]?.lmpUsdPerMwh).toBe("0.00000012");
  });

  it.each([
    [
      "lacks its price",
      page({ SCEDTimestamp: "DATETIME" }, ["2026-08-18T17:00:12"]),
      /expected a column .*, found the header SCEDTimestamp/,
    ],
    [
      "has no price in a row",
      page(LMP, ["2026-08-18T17:00:12", false, "LZ_WEST", null]),
      /line 1: column LMP: expected/,
    ],
    [
      "has a row cut short",
      page(LMP, ["2026-08-18T17:00:12", false, "LZ_WEST"]),
      /data\[0\]: expected 4 cells as there are fields/,
    ],
    ["names no fields", { ...page(LMP), data: [[1]], fields: [] }, /expected 1 to 500 fields, found \[\]/],
    ["counts nothing", { ...page(LMP), _meta: {} }, /expected _meta.totalRecords as a count, found undefined/],
    ["is an error body", { statusCode: 401, message: "Unauthorized" }, /expected _meta.totalRecords as a count/],
  ])("that %s is refused: missing is never zero", (_what, body, message) => {
    expect(() => lmpOf(body)).toThrow(message);
  });

  it("has its fields with their types for its header, a CSV its first line", () => {
    expect(documentColumns(jsonDocument("mis/12300", page(LMP)), "x")).toEqual([
      "SCEDTimestamp DATETIME",
      "repeatHourFlag BOOLEAN",
      "settlementPoint VARCHAR",
      "LMP DOUBLE",
    ]);
    const csv = "\uFEFFSCEDTimestamp,RepeatedHourFlag , SettlementPoint,LMP\r\n";
    const names = ["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"];
    expect(documentColumns(document("mis/12300", zipped(csv)), "x")).toEqual(names);
  });
});

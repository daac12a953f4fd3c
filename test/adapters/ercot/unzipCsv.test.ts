import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readHashpriceRows } from "../../../src/adapters/hashprice/parseHashprice.ts";
import { parseScedLmpCsv } from "../../../src/adapters/ercot/reports/scedLmp.ts";
import { PortDataError } from "../../../src/ports/errors.ts";
import { document } from "./documents.ts";

const HEADER = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n";
const ROW = "08/18/2026 17:00:12,N,LZ_WEST,64.20\n";
const MEGABYTE = 1024 * 1024;

const parse = (zip: Uint8Array) => parseScedLmpCsv(document("mis/12300", zip), "abc", "LZ_WEST");

/** What a parse of the bytes adds to the most memory that this process ever held, and its refusal. */
function refused(work: () => unknown): { readonly message: string; readonly addedBytes: number } {
  const before = process.resourceUsage().maxRSS;
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(PortDataError);
    return { message: (error as Error).message, addedBytes: (process.resourceUsage().maxRSS - before) * 1024 };
  }
  throw new Error("expected a refusal");
}

describe("a zip that unpacks to far more than it weighs is refused within 300 MB of memory", () => {
  it.each([
    ["one row of 40 million columns", `${HEADER}${",".repeat(40e6)}`, /line 2 is longer than 16384 characters/],
    ["a row of 300 columns", `${HEADER}${",".repeat(299)}\n`, /line 2 has more than 256 columns/],
    ["10 million rows", `${HEADER}${",,,\n".repeat(10e6)}`, /more than 300000 lines/],
    ["40 million empty lines", `${HEADER}${"\n".repeat(40e6)}`, /more than 300000 lines/],
    ["70 MB of blanks", " ".repeat(70 * MEGABYTE), /declares 73400320 bytes, more than 67108864/],
  ])("%s", { timeout: 20_000 }, (_what, csv, message) => {
    const zip = zipSync({ "a.csv": Buffer.from(csv, "latin1") });
    expect(zip.byteLength).toBeLessThan(100_000);
    const { message: found, addedBytes } = refused(() => parse(zip));
    expect(found).toMatch(message);
    expect(addedBytes).toBeLessThan(300 * MEGABYTE);
  });

  it("40 MB behind a declared length of 100 bytes", () => {
    const zip = zipSync({ "a.csv": Buffer.alloc(40 * MEGABYTE, "a") });
    const directory = Buffer.from(zip).lastIndexOf("PK\x01\x02", undefined, "latin1");
    new DataView(zip.buffer, zip.byteOffset).setUint32(directory + 24, 100, true);
    const { message, addedBytes } = refused(() => parse(zip));
    expect(message).toMatch(/expected a whole zip.*Cannot create a Buffer larger than 100 bytes/);
    expect(addedBytes).toBeLessThan(20 * MEGABYTE);
  });

  it("20 entries, by their number alone", () => {
    const entries = Array.from({ length: 20 }, (_, i) => [`${i}.csv`, strToU8(HEADER)] as const);
    expect(() => parse(zipSync(Object.fromEntries(entries)))).toThrow(/20 entries, more than 16/);
  });
});

describe("a zip whose directory lies", () => {
  const whole = zipSync({ "a.csv": strToU8(HEADER + ROW) });
  const directory = Buffer.from(whole).lastIndexOf("PK\x01\x02", undefined, "latin1");

  it.each([
    ["about where its entry begins", 42, 4, 0xfffffff0],
    ["about the packed length", 20, 4, 0xfffffff0],
    ["about the length of the name", 28, 2, 0xffff],
    ["about the compression", 10, 2, 14],
    ["by an encryption flag", 8, 2, 1],
  ])("%s is refused as no whole zip", (_what, offset, width, value) => {
    const zip = whole.slice();
    const view = new DataView(zip.buffer);
    if (width === 4) view.setUint32(directory + offset, value, true);
    else view.setUint16(directory + offset, value, true);
    expect(() => parse(zip)).toThrow(/expected a whole zip, found \d+ bytes that are none/);
  });

  it("is read in any other form that the format allows: stored, with a comment, with folders beside it", () => {
    const stored = zipSync({ "in/": new Uint8Array(), "a.csv": [strToU8(HEADER + ROW), { level: 0 }] });
    expect(parse(stored)).toHaveLength(1);
    const commented = Buffer.concat([whole, Buffer.from("by the market operator")]);
    commented.writeUInt16LE(22, whole.byteLength - 2);
    expect(parse(commented)).toEqual(parse(whole));
  });
});

it("a hashprice file beyond the budget of a CSV is refused before it is parsed", () => {
  const csv = `date,usd_per_ph_day\n${"2026-08-18,41.20\n".repeat(400_000)}`;
  expect(() => readHashpriceRows(Buffer.from(csv), "hashprice.csv")).toThrow(
    /hashprice\.csv: more than 300000 lines; expected a file of a row a day/,
  );
});

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadPriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { PriceFileError } from "../../../src/simulators/ercot/priceFile.ts";
import { fileOf } from "./market.ts";

const LMP_HEAD = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP";
const SPP_HEAD =
  "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag";
const LMP = [LMP_HEAD, "08/18/2026 00:00:14,N,LZ_WEST,21.50", "08/18/2026 00:05:11,N,LZ_WEST,22.00"];
const SPP = [
  SPP_HEAD,
  "08/18/2026,1,1,LZ_WEST,LZ,21.10,N",
  "08/18/2026,1,1,LZ_WEST,LZEW,21.15,N",
  "08/18/2026,1,2,LZ_WEST,LZ,22.30,N",
];
const load = (lmp: readonly string[], spp: readonly string[], more: object = {}) =>
  loadPriceDay({
    lmpPath: fileOf("lmp.csv", `${lmp.join("\n")}\n`),
    sppPath: fileOf("spp.csv", `${spp.join("\n")}\n`),
    day: "2026-08-18",
    ...more,
  });

describe("files of a price day that say two things or nothing", () => {
  it("are refused for two prices of one interval, with both lines", () => {
    const doubled = [...SPP, "08/18/2026,1,1,LZ_WEST,LZ,21.99,N"];
    expect(() => load(LMP, doubled)).toThrow(PriceFileError);
    expect(() => load(LMP, doubled)).toThrow(
      /spp\.csv:5: column SettlementPointPrice: expected 21\.10 as in .*spp\.csv:2 for the same interval, point and type, found "21\.99"/,
    );
  });

  it("are refused for two LMPs of one SCED run, with both lines", () => {
    expect(() => load([...LMP, "08/18/2026 00:05:11,N,LZ_WEST,22.01"], SPP)).toThrow(
      /lmp\.csv:4: column LMP: expected 22\.00 as in .*lmp\.csv:3 for the same run and point, found "22\.01"/,
    );
  });

  it("may say the same twice: a row copied is one price, 21.1 and 21.10 are the same", () => {
    const twice = load([...LMP, LMP[1] as string], [...SPP, "08/18/2026,1,1,LZ_WEST,LZ,21.1,N", SPP[3] as string]);
    expect(twice).toEqual(load(LMP, SPP));
  });

  it("are refused for another month, with the days that they hold", () => {
    expect(() => load(LMP, SPP, { day: "2026-09-18" })).toThrow(
      /lmp\.csv: expected SCED runs of 2026-09-18, found none; its rows are of 2026-08-18/,
    );
    expect(() => load(["" + LMP_HEAD, "09/18/2026 00:00:14,N,LZ_WEST,1"], SPP, { day: "2026-09-18" })).toThrow(
      /spp\.csv: expected settlement prices of 2026-09-18, found none; its rows are of 2026-08-18/,
    );
  });

  it("are refused for another point, with the points that they hold", () => {
    expect(() => load(LMP, SPP, { point: "HB_WEST" })).toThrow(
      /lmp\.csv: expected SCED runs of 2026-08-18 for HB_WEST, found none; its rows of that day are for LZ_WEST/,
    );
  });

  it("are refused when a download was cut off or is no CSV at all, in one short line", () => {
    const packed = gzipSync(`${LMP.join("\n")}\n`);
    const spp = fileOf("spp.csv", `${SPP.join("\n")}\n`);
    const half = fileOf("half.csv.gz", packed.subarray(0, packed.length - 12));
    expect(() => loadPriceDay({ lmpPath: half, sppPath: spp, day: "2026-08-18" })).toThrow(
      /half\.csv\.gz: cannot be read as gzip \(unexpected end of file\); expected a whole \.csv\.gz, download it again/,
    );
    const binary = fileOf("lmp.csv", Buffer.concat([packed, packed, packed]));
    let said = "";
    try {
      loadPriceDay({ lmpPath: binary, sppPath: spp, day: "2026-08-18" });
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(/lmp\.csv:1: expected a column SCEDTimestamp, found the header /);
    expect(said.replace(binary, "").length).toBeLessThan(150);
    expect([...said].filter((character) => character < " ")).toEqual([]);
  });
});

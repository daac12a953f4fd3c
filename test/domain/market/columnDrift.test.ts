import { describe, expect, it } from "vitest";
import { columnDrift, columnDriftText } from "../../../src/domain/market/columnDrift.ts";

const MCPC = ["SCEDTimestamp", "RepeatedHourFlag", "ASType", "MCPC"];

describe("columns of a report that changed", () => {
  it("MCPC split in two: one column removed, two added, none moved", () => {
    const drift = columnDrift(MCPC, ["SCEDTimestamp", "RepeatedHourFlag", "ASType", "CappedMCPC", "UncappedMCPC"]);
    expect(drift).toEqual({ added: ["CappedMCPC", "UncappedMCPC"], removed: ["MCPC"], moved: [] });
    expect(columnDriftText(drift)).toBe("added CappedMCPC, UncappedMCPC; removed MCPC");
  });

  it("one column more, in front: none moved, for the others keep their order", () => {
    expect(columnDrift(MCPC, ["RTDLL", ...MCPC])).toEqual({ added: ["RTDLL"], removed: [], moved: [] });
  });

  it("two columns that change places are moved, and nothing else is", () => {
    const [stamp = "", flag = "", type = "", price = ""] = MCPC;
    const drift = columnDrift(MCPC, [stamp, type, flag, price]);
    expect(drift).toEqual({ added: [], removed: [], moved: [type, flag] });
    expect(columnDriftText(drift)).toBe("moved ASType, RepeatedHourFlag");
  });

  it("the same columns are no drift", () => {
    expect(columnDrift(MCPC, MCPC)).toEqual({ added: [], removed: [], moved: [] });
  });
});

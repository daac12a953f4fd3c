import { describe, expect, it } from "vitest";
import { curtailedEnergy } from "../../../src/domain/settlement/curtailedEnergy.ts";
import type { CurtailedSpan } from "../../../src/domain/settlement/model.ts";

const span = (reason: CurtailedSpan["reason"], seconds: number, belowNormalW: number): CurtailedSpan => ({
  clientId: "a",
  cohortId: "a1",
  reason,
  seconds,
  belowNormalW,
});
const curtailed = (baselineWh: bigint, energyWh: bigint, ...spans: CurtailedSpan[]) => {
  const { totalWh, byReason } = curtailedEnergy({ baselineWh, energyWh, spans });
  return { totalWh: totalWh as bigint, ...Object.fromEntries(byReason) };
};

describe("curtailed energy of a quarter hour", () => {
  it("41.3 MW taken to 1.2 MW for the whole interval is 10.025 MWh", () => {
    expect(curtailed(10_325_000n, 300_000n, span("economic", 900, 40_100_000))).toEqual({
      totalWh: 10_025_000n,
      economic: 10_025_000n,
    });
  });

  it("a meter a little under the baseline with nothing curtailed is noise, 0 Wh", () => {
    expect(curtailed(10_325_000n, 10_300_000n)).toEqual({ totalWh: 0n });
  });

  it("machines that broke on their own are not paid: no more than was ordered off", () => {
    expect(curtailed(10_325_000n, 300_000n, span("economic", 300, 40_100_000))).toEqual({
      totalWh: 3_341_667n,
      economic: 3_341_667n,
    });
  });

  it("machines that did not follow are not paid: no more than the meter shows", () => {
    expect(curtailed(10_325_000n, 10_000_000n, span("economic", 900, 40_100_000))).toEqual({
      totalWh: 325_000n,
      economic: 325_000n,
    });
    expect(curtailed(10_325_000n, 10_400_000n, span("economic", 900, 40_100_000))).toEqual({ totalWh: 0n });
  });

  it("an instruction in the last 5 minutes takes a third, and every Wh has one reason", () => {
    expect(
      curtailed(10_325_000n, 299_999n, span("economic", 600, 40_100_000), span("instruction", 300, 40_100_000)),
    ).toEqual({ totalWh: 10_025_000n, economic: 6_683_333n, instruction: 3_341_667n });
  });

  it("spans of one reason add up", () => {
    expect(curtailed(1_000n, 0n, span("economic", 450, 2_000), span("economic", 450, 2_000))).toEqual({
      totalWh: 500n,
      economic: 500n,
    });
  });
});

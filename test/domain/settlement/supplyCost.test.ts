import { describe, expect, it } from "vitest";
import type { Supply } from "../../../src/domain/settlement/model.ts";
import { supplyBlocks } from "../../../src/domain/settlement/supplyBlocks.ts";
import { supplyCost } from "../../../src/domain/settlement/supplyCost.ts";
import { accrueEnergy, type EnergyTerms } from "../../../src/domain/settlement/terms/index.ts";
import { energyWh, formatUsdE8, parseCentsPerMwh, postable } from "../../../src/domain/units/money.ts";

const block = { blockId: "B", quantityKw: 80_000, priceUsdPerMwh: "28.50", resale: true, effectiveFrom: "2024-01-01" };
const supply: Supply = { blocks: [block], adders: [] };
const day = "2024-08-20";

/** Cost of a quarter hour in USD at a load in MW. */
function cost(loadMw: number, priceCents: string, curtailedMwh = 0) {
  const c = supplyCost(
    supply,
    supplyBlocks(supply, day),
    parseCentsPerMwh(priceCents),
    energyWh(BigInt(loadMw * 250_000)),
    energyWh(BigInt(curtailedMwh * 1_000_000)),
  );
  return { block: formatUsdE8(c.blockE8), index: formatUsdE8(c.indexE8), net: formatUsdE8(c.blockE8 + c.indexE8) };
}

describe("an 80 MW block at 28.50 $/MWh with resale, one quarter hour", () => {
  it("96 MW at 842.37: 570.00 for the block + 3,369.48 bought = 3,939.48", () => {
    expect(cost(96, "84237")).toEqual({ block: "570.00000000", index: "3369.48000000", net: "3939.48000000" });
  });

  it("6 MW at 842.37: the unused block is sold, 570.00 − 15,583.845 = −15,013.845", () => {
    expect(cost(6, "84237")).toEqual({ block: "570.00000000", index: "-15583.84500000", net: "-15013.84500000" });
  });

  it("the difference is 842.37 × 22.5 MWh, whatever the block", () => {
    expect(formatUsdE8(parseCentsPerMwh("84237") * 22_500_000n)).toBe("18953.32500000");
  });

  it("96 MW at −12.40: running more is paid, 570.00 − 49.60 = 520.40", () => {
    expect(cost(96, "-1240").net).toBe("520.40000000");
  });

  it("6 MW with 22.5 MWh curtailed is booked as if 96 MW had run; the credit of 18,953.325 is booked beside it", () => {
    expect(cost(6, "84237", 22.5).net).toBe("3939.48000000");
  });

  it("a block that may not be resold is refused", () => {
    expect(() => supplyBlocks({ blocks: [{ ...block, resale: false }], adders: [] }, day)).toThrow(
      /block B: resale is false/,
    );
  });

  it("a block counts from its first day until the day it ends", () => {
    const ended = { ...block, effectiveTo: day };
    expect(supplyBlocks({ blocks: [ended], adders: [] }, "2024-08-19").blocks).toHaveLength(1);
    expect(supplyBlocks({ blocks: [ended], adders: [] }, day).blocks).toHaveLength(0);
  });
});

describe("what a pass-through client pays for a quarter hour", () => {
  const energy: EnergyTerms = { kind: "pass-through", spreadUsdPerKwh: "0.009", blockKw: 8_000, clause: "2" };
  const two: Supply = {
    blocks: [block, { ...block, blockId: "C", quantityKw: 20_000, priceUsdPerMwh: "33.50" }],
    adders: [
      { code: "ADMIN", usdPerMwh: "0.63", source: "tariff" },
      { code: "REP", usdPerMwh: "2.15", source: "agreement" },
    ],
  };
  const charge = (usedWh: bigint, curtailedWh: bigint) =>
    Object.fromEntries(
      Object.entries(
        accrueEnergy(energy, {
          contract: "contract C version 1",
          supply: two,
          blocks: supplyBlocks(two, day),
          price: parseCentsPerMwh("84237"),
          energyWh: energyWh(usedWh),
          curtailedWh: energyWh(curtailedWh),
        }),
      ).map(([code, e8]) => [code, formatUsdE8(postable(e8))]),
    );

  it("2 MWh of two blocks at their mean of 29.50, 0.275 MWh at 842.37, adders and spread on what the meter says", () => {
    expect(charge(2_275_000n, 0n)).toEqual({
      block: "59.00000000",
      index: "231.65175000",
      adders: "6.32450000",
      spread: "20.47500000",
    });
  });

  it("curtailed to 0.1 MWh: block and index as before, adders and spread on 0.1 MWh; the credit is another line", () => {
    expect(charge(100_000n, 2_175_000n)).toEqual({
      block: "59.00000000",
      index: "231.65175000",
      adders: "0.27800000",
      spread: "0.90000000",
    });
  });

  it("more block than the site has in force is refused", () => {
    expect(() =>
      accrueEnergy(energy, {
        contract: "contract C version 1",
        supply,
        blocks: supplyBlocks({ blocks: [], adders: [] }, day),
        price: parseCentsPerMwh("1"),
        energyWh: energyWh(1n),
        curtailedWh: energyWh(0n),
      }),
    ).toThrow(/contract C version 1: blockKw is 8000, but the blocks in force give 0 Wh/);
  });
});

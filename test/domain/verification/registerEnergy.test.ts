import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerEnergyWh } from "../../../src/domain/verification/registerEnergy.ts";

const ROLLOVER = 1_000_000_000_000n;
/** 30 MW of nameplate × 1.05 over a quarter of an hour. */
const PLAUSIBLE = 7_875_000n;

describe("energy between two register readings", () => {
  it.each([
    ["a quarter of an hour at 28 MW", 184_223_904_551n, 184_230_904_551n, 7_000_000n],
    ["no energy at all is zero, and metered", 184_223_904_551n, 184_223_904_551n, 0n],
    ["across the rollover", 999_999_000_000n, 6_000_000n, 7_000_000n],
    ["the last watt-hour before the rollover", 999_999_999_998n, 999_999_999_999n, 1n],
    ["exactly the most that is plausible", 0n, PLAUSIBLE, PLAUSIBLE],
  ])("%s", (_title, before, after, energyWh) => {
    expect(registerEnergyWh(before, after, ROLLOVER, PLAUSIBLE)).toEqual({ energyWh, quality: "metered" });
  });

  it.each([
    ["a missing later reading", 184_223_904_551n, undefined, "the later reading is missing"],
    ["a missing earlier reading", undefined, 184_223_904_551n, "the earlier reading is missing"],
    ["both missing", undefined, undefined, "either reading is missing"],
    [
      "a register that ran backwards",
      184_230_904_551n,
      184_223_904_551n,
      "ran backwards from 184230904551 to 184223904551",
    ],
    ["a register that jumped ahead", 184_223_904_551n, 185_223_904_551n, "1000000000 Wh is above 7875000"],
    ["a register above its own limit", 184_223_904_551n, ROLLOVER, "outside 0 … 999999999999"],
    ["a negative register", -1n, 5n, "outside 0 … 999999999999"],
  ])("%s is missing, never negative and never zero", (_title, before, after, reason) => {
    const energy = registerEnergyWh(before, after, ROLLOVER, PLAUSIBLE);
    expect(energy).toEqual({ quality: "missing", reason: expect.stringContaining(reason) });
    expect(energy).not.toHaveProperty("energyWh");
  });

  it("without a plausible maximum a small backward step is still no rollover", () => {
    expect(registerEnergyWh(184_230_904_551n, 184_223_904_551n, ROLLOVER).quality).toBe("missing");
    expect(registerEnergyWh(999_999_000_000n, 6_000_000n, ROLLOVER).energyWh).toBe(7_000_000n);
  });

  it("energies of consecutive intervals add up to the energy of the whole, rollover or not", () => {
    const wh = fc.bigInt({ min: 0n, max: PLAUSIBLE });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: ROLLOVER - 1n }),
        fc.array(wh, { minLength: 1, maxLength: 20 }),
        (start, energies) => {
          let total = 0n;
          let register = start;
          for (const energy of energies) {
            const next = (register + energy) % ROLLOVER;
            const measured = registerEnergyWh(register, next, ROLLOVER, PLAUSIBLE).energyWh;
            expect(measured).toBe(energy);
            total += measured ?? -1n;
            register = next;
          }
          expect(registerEnergyWh(start, register, ROLLOVER).energyWh).toBe(total);
        },
      ),
    );
  });
});

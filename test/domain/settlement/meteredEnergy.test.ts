import { describe, expect, it } from "vitest";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { meteredEnergy } from "../../../src/domain/settlement/meteredEnergy.ts";
import { registerBook } from "../../../src/domain/settlement/registerBook.ts";
import { plausibleEnergyWh } from "../../../src/domain/verification/plausibleEnergy.ts";
import type { MeterReading } from "../../../src/domain/verification/model.ts";

const START = parseInstant("2026-08-18T05:00:00Z");
const boundary = (n: number): Instant => addSeconds(START, n * 900);
/** 100 machines of 3,400 W: 85 kWh a quarter of an hour. */
const NAMEPLATE_W = 340_000;
const METER = {
  meterId: "feeder",
  clientId: "acme",
  rolloverWh: 1_000_000n,
  plausibleMaxWh: plausibleEnergyWh(NAMEPLATE_W),
};

/**
 * Energy of each quarter of an hour from readings at the boundaries, one after the other; `undefined` where it is
 * missing.
 */
function energies(
  readings: readonly (bigint | undefined | { readonly frozen: bigint })[],
  meter: typeof METER | Omit<typeof METER, "plausibleMaxWh"> = METER,
): (bigint | undefined)[] {
  const rows = readings.map((one, n) => {
    const quality: MeterReading["quality"] =
      one === undefined ? "missing" : typeof one === "bigint" ? "metered" : "stale";
    return {
      meterId: "feeder",
      boundaryAt: boundary(n),
      registerWh: typeof one === "bigint" ? one : one?.frozen,
      quality,
    };
  });
  const book = registerBook(rows, boundary(0), boundary(readings.length - 1));
  return readings.slice(1).map((_, n) => meteredEnergy(book, meter, boundary(n), boundary(n + 1)).energyWh);
}

describe("energy of a quarter of an hour", () => {
  it("can be at most 1.05 times the nameplate for 16 minutes: a boundary may be read a minute late", () => {
    expect(METER.plausibleMaxWh).toBe(95_200n);
    expect(energies([0n, 90_667n])).toEqual([90_667n]);
  });

  it.each([
    ["is the difference of the registers", [10n, 85_010n, 170_010n], [85_000n, 85_000n]],
    ["is right where the register starts again at 0", [960_000n, 45_000n], [85_000n]],
    [
      "is missing on both sides of a boundary that was not read",
      [0n, undefined, 170_000n, 255_000n],
      [undefined, undefined, 85_000n],
    ],
    ["is missing where the register jumps ahead, and right after it", [0n, 400_000n, 485_000n], [undefined, 85_000n]],
    ["is missing where it jumps back", [400_000n, 0n, 85_000n], [undefined, 85_000n]],
    [
      "is missing from the boundary before a meter was found frozen to the first at which it moved",
      [0n, 30_000n, { frozen: 30_000n }, { frozen: 30_000n }, 340_000n, 425_000n],
      [undefined, undefined, undefined, undefined, 85_000n],
    ],
  ] as const)("%s", (_title, readings, expected) => {
    expect(energies(readings)).toEqual(expected);
  });

  it("without a limit takes a jump ahead for energy: nobody knows what is behind the meter", () => {
    const { plausibleMaxWh: _, ...unlimited } = METER;
    expect(energies([0n, 400_000n], unlimited)).toEqual([400_000n]);
  });

  it("of the day's last quarter does not wait for what the next day finds out", () => {
    const rows = [0, 1, 2].map((n) => ({
      meterId: "feeder",
      boundaryAt: boundary(n),
      registerWh: n === 0 ? 0n : 30_000n,
      quality: n === 2 ? ("stale" as const) : ("metered" as const),
    }));
    expect(meteredEnergy(registerBook(rows, boundary(0), boundary(1)), METER, boundary(0), boundary(1)).energyWh).toBe(
      30_000n,
    );
  });
});

import { describe, expect, it } from "vitest";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { dayEnd, dayStart } from "../../../src/domain/market/calendar.ts";
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

  it("is missing from the last boundary that was read before the meter was found frozen, however many were not", () => {
    // read at 0:15, not at 0:30 and 0:45, found standing at 1:00
    expect(energies([0n, 30_000n, undefined, undefined, { frozen: 30_000n }, 340_000n, 425_000n])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      85_000n,
    ]);
  });
});

/** A reading at `boundaryAt`; `frozen` is what the check at the boundary found. */
const row = (boundaryAt: Instant, registerWh: bigint | undefined, quality: MeterReading["quality"] = "metered") => ({
  meterId: "feeder",
  boundaryAt,
  registerWh,
  quality,
});

describe.each([
  ["a day of 96 quarters", "2026-08-18"],
  ["the autumn day of 100", "2026-11-01"],
  ["the spring day of 92", "2027-03-14"],
])("energy of the last quarter before midnight, %s", (_title, day) => {
  const [from, midnight] = [dayStart(day), dayEnd(day)];
  const after = (seconds: number): Instant => addSeconds(midnight, seconds);
  /** 23:30 0 kWh, 23:45 85 kWh, midnight 115 kWh: the register stood still from 23:50:18 on. */
  const evening = [row(after(-1_800), 0n), row(after(-900), 85_000n), row(midnight, 115_000n)];
  const lastQuarters = (later: Parameters<typeof registerBook>[0], first = evening) => {
    const book = registerBook([...first, ...later], from, midnight);
    return {
      energies: [-1_800, -900].map((at) => meteredEnergy(book, METER, after(at), after(at + 900))),
      later: book.foundFrozenLater,
    };
  };
  const missing = (foundAt: Instant) => ({
    quality: "missing",
    reason: `the meter was frozen at ${foundAt}: its register stood still while it showed power`,
  });

  it("is missing when 00:15 finds that the register has stood since midnight", () => {
    const { energies: both, later } = lastQuarters([row(after(900), 115_000n, "stale")]);
    expect(both).toEqual([expect.objectContaining({ energyWh: 85_000n }), missing(after(900))]);
    expect(later).toEqual([{ meterId: "feeder", standsSince: midnight, foundAt: after(900) }]);
  });

  it("is missing when it is found hours later, by the first register that could be read", () => {
    const { energies: both, later } = lastQuarters([
      row(after(900), undefined, "missing"),
      row(after(28_800), 115_000n, "stale"),
      row(after(29_700), 115_000n, "stale"),
    ]);
    expect(both[1]).toEqual(missing(after(28_800)));
    expect(later).toEqual([{ meterId: "feeder", standsSince: midnight, foundAt: after(28_800) }]);
  });

  it("and the one before it are missing when midnight was not read: the register stood from 23:45 on", () => {
    const evening2345 = [row(after(-1_800), 0n), row(after(-900), 30_000n), row(midnight, undefined, "missing")];
    const { energies: both, later } = lastQuarters([row(after(900), 30_000n, "stale")], evening2345);
    expect(both).toEqual([missing(after(900)), missing(after(900))]);
    expect(later).toEqual([{ meterId: "feeder", standsSince: after(-900), foundAt: after(900) }]);
  });

  it.each([
    ["nothing is known of the next day yet", []],
    [
      "the register moved by 00:15 and stands only after it",
      [row(after(900), 200_000n), row(after(1_800), 200_000n, "stale")],
    ],
    [
      "another meter stands still",
      [
        { ...row(midnight, 9n), meterId: "other" },
        { ...row(after(900), 9n, "stale"), meterId: "other" },
      ],
    ],
  ] as const)("is the difference of the registers when %s", (_how, later) => {
    expect(lastQuarters(later).energies.map(({ energyWh }) => energyWh)).toEqual([85_000n, 30_000n]);
  });

  it("is missing by its own day's finding when the register has stood since before midnight, which is no later finding", () => {
    const stands = [row(after(-1_800), 0n), row(after(-900), 30_000n), row(midnight, 30_000n, "stale")];
    const { energies: both, later } = lastQuarters([], stands);
    expect(both).toEqual([missing(midnight), missing(midnight)]);
    expect(later).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal, formatTrimmed, parseDecimal } from "../../../src/domain/units/decimal.ts";
import {
  atUsdPerKwh,
  atUsdPerMwh,
  centsOf,
  energyValue,
  formatUsdE8,
  parseCentsPerMwh,
  postable,
} from "../../../src/domain/units/money.ts";
import {
  exactDecimal,
  over,
  parseRational,
  plus,
  rational,
  rationalOfDecimal,
  rationalOfNumber,
  rationalText,
  times,
} from "../../../src/domain/units/rational.ts";
import { roundRational } from "../../../src/domain/units/rounding.ts";

const product = (...factors: string[]) => exactDecimal(factors.map(rationalOfDecimal).reduce(times), 0, 12);

describe("decimal text is read exactly or not at all", () => {
  it("reads 28.505 as 28505 thousandths and keeps the sign of -0.01", () => {
    expect(parseDecimal("28.505", 3)).toBe(28_505n);
    expect(parseDecimal("-0.01", 2)).toBe(-1n);
    expect(parseDecimal("842.3700", 2)).toBe(84_237n);
  });

  it.each(["", "1e3", "+1", ".5", "1.", "1,000", "0x1", "NaN", " 1"])("refuses %j", (text) => {
    expect(() => parseDecimal(text, 8)).toThrow(/expected plain decimal text/);
  });

  it("refuses a price finer than a cent instead of rounding it", () => {
    expect(() => parseDecimal("842.375", 2)).toThrow(/3 decimal places, expected at most 2/);
  });

  it("writes back what it read, at any scale", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 12 }), (units, scale) => {
        expect(parseDecimal(formatDecimal(units, scale), scale)).toBe(units);
        expect(parseDecimal(formatTrimmed(units, scale, 0), scale)).toBe(units);
      }),
    );
  });
});

describe("price times energy is exact in 10⁻⁸ USD", () => {
  it("values 10.025, 6.675 and 2.175 MWh at 842.37 $/MWh at 15,899.73375 $", () => {
    const values = [10_025_000n, 6_675_000n, 2_175_000n].map((wh) => energyValue(parseCentsPerMwh("84237"), wh));
    expect(values.map(formatUsdE8)).toEqual(["8444.75925000", "5622.81975000", "1832.15475000"]);
    expect(formatUsdE8(values.reduce((a, b) => a + b, 0n))).toBe("15899.73375000");
  });

  it("charges 1,234,567.250 kWh at 7.2 c/kWh 88,888.842 $, 88,888.84 $ on the line; a 0.9 c spread 11,111.11 $", () => {
    const kwh = rational(1_234_567_250n);
    expect(formatUsdE8(postable(atUsdPerKwh("0.072", kwh)))).toBe("88888.84200000");
    expect(centsOf(atUsdPerKwh("0.072", kwh), "half-even")).toBe(8_888_884n);
    expect(centsOf(atUsdPerKwh("0.009", kwh), "half-even")).toBe(1_111_111n);
  });

  it("keeps a rate finer than 10⁻⁸ as a fraction until the line", () => {
    const third = atUsdPerMwh("0.333333333", rational(1n));
    expect(third.den).not.toBe(1n);
    expect(postable(third)).toBe(33n);
  });
});

describe("published supply and program formulae come out to the last digit", () => {
  it("index with adder and losses: (842.37 + 2.15) × 24.0 × 1.018 = 20,633.31264", () => {
    expect(product("844.52", "24.0", "1.018")).toBe("20633.31264");
  });

  it("heat-rate deal: 7.8 × 2.95 + 2.25 = 25.26 $/MWh", () => {
    const price = plus(times(rationalOfDecimal("7.8"), rationalOfDecimal("2.95")), rationalOfDecimal("2.25"));
    expect(exactDecimal(price, 2, 8)).toBe("25.26");
  });

  it("ancillary and ERS capacity: 25 × 3.15 × 24 = 1,890 and 20 × 9.50 × 1,012 × 0.97 = 186,511.60", () => {
    expect(product("25", "3.15", "24")).toBe("1890");
    expect(product("20", "9.50", "1012", "0.97")).toBe("186511.6");
  });

  it("published totals: 9.5M$ is 439 BTC at 21,634 $ and 810.8 $/MWh over 11,717 MWh; 3.0M$ is 136 BTC at 22,097 $", () => {
    const divided = (a: bigint, b: bigint) => roundRational(over(rational(a), rational(b)), "half-even");
    expect(divided(9_500_000n, 21_634n)).toBe(439n);
    expect(divided(3_000_000n, 22_097n)).toBe(136n);
    expect(divided(95_000_000n, 11_717n)).toBe(8_108n);
  });
});

describe("rounding happens once and says which way a half goes", () => {
  it.each([
    [5n, 2n, 2n, 3n],
    [7n, 2n, 4n, 4n],
    [-5n, 2n, -2n, -3n],
    [-7n, 2n, -4n, -4n],
    [8n, 3n, 3n, 3n],
    [-1n, 3n, 0n, 0n],
  ])("%d/%d is %d half-even and %d half-up", (num, den, even, up) => {
    expect(roundRational(rational(num, den), "half-even")).toBe(even);
    expect(roundRational(rational(num, den), "half-up")).toBe(up);
  });

  it("is never further than a half from the exact value", () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.bigInt(1n, 10n ** 9n),
        fc.constantFrom("half-even" as const, "half-up" as const),
        (num, den, mode) => {
          const distance = 2n * (roundRational(rational(num, den), mode) * den - num);
          expect(distance <= den && -distance <= den).toBe(true);
        },
      ),
    );
  });
});

describe("fractions", () => {
  it("go through text and back", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(1n, 10n ** 12n), (num, den) => {
        expect(parseRational(rationalText(rational(num, den)))).toEqual(rational(num, den));
      }),
    );
    expect(() => parseRational("1/0")).toThrow(/division by zero/);
    expect(() => parseRational("1.5")).toThrow(/expected text such as 7/);
  });

  it("take a number for the decimal it is written as, and refuse what is not one", () => {
    expect(rationalOfNumber(0.1)).toEqual({ num: 1n, den: 10n });
    expect(() => rationalOfNumber(Number.NaN)).toThrow(/expected a finite number/);
    expect(() => rationalOfNumber(1e-7)).toThrow(/expected plain decimal text/);
  });
});

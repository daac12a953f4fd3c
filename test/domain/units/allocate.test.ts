import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate } from "../../../src/domain/units/allocate.ts";
import { rational } from "../../../src/domain/units/rational.ts";

const split = (total: bigint, weights: Record<string, bigint>) =>
  Object.fromEntries(
    allocate(
      total,
      Object.entries(weights).map(([id, weight]) => ({ id, weight })),
    ).map(({ id, amount }) => [id, amount]),
  );

describe("allocate gives every unit to exactly one party", () => {
  it("hands the two units left over to the largest fractions, C .783 then A .709", () => {
    expect(split(1_000_001n, { A: 413n, B: 276n, C: 91n })).toEqual({ A: 529_488n, B: 353_846n, C: 116_667n });
  });

  it("breaks a tie by ascending id, and a negative total mirrors the positive one", () => {
    expect(split(100n, { B: 1n, C: 1n, A: 1n })).toEqual({ A: 34n, B: 33n, C: 33n });
    expect(split(-100n, { A: 1n, B: 1n, C: 1n })).toEqual({ A: -34n, B: -33n, C: -33n });
    expect(split(5n, { A: 3n, B: 3n, C: 1n })).toEqual({ A: 2n, B: 2n, C: 1n });
  });

  it("orders ids by code point, not by UTF-16 unit", () => {
    expect(split(1n, { "\u{1F600}": 1n, "\uFF21": 1n })).toEqual({ "\uFF21": 1n, "\u{1F600}": 0n });
  });

  it("splits a $15,899.73 credit 70/30 with the host first, then among three clients by curtailed energy", () => {
    const pool = split(1_589_973n, { client: 70n, host: 30n });
    expect(pool).toEqual({ client: 1_112_981n, host: 476_992n });
    expect(split(pool["client"] as bigint, { A: 10_025n, B: 6_675n, C: 2_175n })).toEqual({
      A: 591_133n,
      B: 393_597n,
      C: 128_251n,
    });
  });

  it("adjusts a corrected price by the difference of allocations, which is not the allocation of the difference", () => {
    const thirds = { A: 1n, B: 1n, C: 1n };
    const [before, after] = [split(100n, thirds), split(101n, thirds)];
    expect(Object.keys(thirds).map((id) => (after[id] as bigint) - (before[id] as bigint))).toEqual([0n, 1n, 0n]);
    expect(split(1n, thirds)).toEqual({ A: 1n, B: 0n, C: 0n });

    const weights = { A: 10_025n, B: 6_675n, C: 2_175n };
    const [old, now] = [split(3_524_619n, weights), split(31_314n, weights)];
    expect(old).toEqual({ A: 1_872_016n, B: 1_246_455n, C: 406_148n });
    expect(now).toEqual({ A: 16_632n, B: 11_074n, C: 3_608n });
  });

  it("takes fractions as weights", () => {
    const shares = allocate(10n, [
      { id: "a", weight: rational(1n, 3n) },
      { id: "b", weight: rational(2n, 3n) },
    ]);
    expect(shares).toEqual([
      { id: "a", amount: 3n },
      { id: "b", amount: 7n },
    ]);
  });

  it("refuses to split among nobody, negative weights and an id given twice", () => {
    expect(() => allocate(5n, [{ id: "a", weight: 0n }])).toThrow(/weights of a sum to 0/);
    expect(() => allocate(5n, [])).toThrow(/empty list/);
    expect(() => allocate(5n, [{ id: "a", weight: -1n }])).toThrow(/"a" is negative/);
    expect(() =>
      allocate(5n, [
        { id: "a", weight: 1n },
        { id: "a", weight: 1n },
      ]),
    ).toThrow(/"a" appears twice/);
  });

  it("conserves the total, stays within one unit of exact, ignores order, mirrors signs and gives weight 0 nothing, in 12,000 random cases", () => {
    const weight = fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 10n ** 15n));
    const cases = fc.tuple(
      fc.bigInt(-(10n ** 18n), 10n ** 18n),
      fc.uniqueArray(fc.record({ id: fc.string({ maxLength: 4 }), weight }), {
        selector: (w) => w.id,
        minLength: 1,
        maxLength: 8,
      }),
    );
    fc.assert(
      fc.property(cases, ([total, weights]) => {
        const weightSum = weights.reduce((sum, w) => sum + w.weight, 0n);
        fc.pre(weightSum > 0n);
        const shares = allocate(total, weights);
        expect(shares.reduce((sum, s) => sum + s.amount, 0n)).toBe(total);
        const of = (list: typeof shares) => Object.fromEntries(list.map((s) => [s.id, s.amount]));
        expect(of(allocate(total, weights.toReversed()))).toEqual(of(shares));
        expect(allocate(-total, weights).map((s) => s.amount)).toEqual(shares.map((s) => -s.amount));
        for (const [i, { weight: w }] of weights.entries()) {
          const distance = (shares[i] as { amount: bigint }).amount * weightSum - total * w;
          expect(distance < weightSum && -distance < weightSum).toBe(true);
          if (w === 0n) expect((shares[i] as { amount: bigint }).amount).toBe(0n);
        }
      }),
      { numRuns: 12_000 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { creditShare } from "../../../src/domain/settlement/creditShare.ts";
import type { CreditTerms } from "../../../src/domain/settlement/terms/index.ts";
import { energyWh, formatUsdE8, parseCentsPerMwh } from "../../../src/domain/units/money.ts";
import { compare, minus, rational } from "../../../src/domain/units/rational.ts";

const strike: CreditTerms = { kind: "net-of-strike", strikeUsdPerMwh: "92.86", clientShare: "0.50", clause: "6" };
const gross = (sharesNegative: boolean): CreditTerms => ({
  kind: "gross-share",
  clientShare: "0.70",
  sharesNegative,
  clause: "6",
});
const resale: CreditTerms = { kind: "supply-resale", clause: "6" };

/** Client and host in USD for ΔE in Wh at a price in cents/MWh. */
function shares(terms: CreditTerms, cents: string, wh: bigint) {
  const { clientE8, hostE8, grossE8 } = creditShare(terms, parseCentsPerMwh(cents), energyWh(wh));
  return { gross: formatUsdE8(grossE8), client: formatUsdE8(clientE8), host: formatUsdE8(hostE8) };
}

describe("who gets the credit for 10.025 MWh not used", () => {
  it("net of strike: made whole at 92.86, then half of what 842.37 gives above it", () => {
    expect(shares(strike, "84237", 10_025_000n)).toEqual({
      gross: "8444.75925000",
      client: "4687.84037500",
      host: "3756.91887500",
    });
  });

  it("net of strike, price at or below the strike: all of it to the client, nothing of the host's", () => {
    expect(shares(strike, "4000", 10_025_000n)).toEqual({
      gross: "401.00000000",
      client: "401.00000000",
      host: "0.00000000",
    });
    expect(shares(strike, "9286", 1_000_000n)).toEqual({
      gross: "92.86000000",
      client: "92.86000000",
      host: "0.00000000",
    });
  });

  it("gross share: 70 to 30", () => {
    expect(shares(gross(false), "84237", 10_025_000n)).toEqual({
      gross: "8444.75925000",
      client: "5911.33147500",
      host: "2533.42777500",
    });
  });

  it("supply resale: all to the client", () => {
    expect(shares(resale, "84237", 2_175_000n)).toEqual({
      gross: "1832.15475000",
      client: "1832.15475000",
      host: "0.00000000",
    });
  });
});

describe("at a negative price curtailing is a cost", () => {
  it("the host bears it under a strike and under a share that excludes it", () => {
    expect(shares(strike, "-1240", 10_000_000n)).toEqual({
      gross: "-124.00000000",
      client: "0.00000000",
      host: "-124.00000000",
    });
    expect(shares(gross(false), "-1240", 10_000_000n)).toEqual({
      gross: "-124.00000000",
      client: "0.00000000",
      host: "-124.00000000",
    });
  });

  it("it is shared where the contract says so, and all the client's under supply resale", () => {
    expect(shares(gross(true), "-1240", 10_000_000n)).toEqual({
      gross: "-124.00000000",
      client: "-86.80000000",
      host: "-37.20000000",
    });
    expect(shares(resale, "-1240", 10_000_000n)).toEqual({
      gross: "-124.00000000",
      client: "-124.00000000",
      host: "0.00000000",
    });
  });
});

describe("shares are conserved", () => {
  it("client + host is the gross credit to the last 10⁻⁸, and the posted share is within one 10⁻⁸ of the exact one", () => {
    const share = fc.integer({ min: 0, max: 100_000 }).map((n) => (n / 100_000).toFixed(5));
    const terms = fc.oneof(
      fc.record({
        kind: fc.constant("net-of-strike" as const),
        strikeUsdPerMwh: fc.integer({ min: -50_000, max: 500_000 }).map((n) => (n / 1000).toFixed(3)),
        clientShare: share,
        clause: fc.constant("1"),
      }),
      fc.record({
        kind: fc.constant("gross-share" as const),
        clientShare: share,
        sharesNegative: fc.boolean(),
        clause: fc.constant("1"),
      }),
      fc.constant(resale),
    );
    fc.assert(
      fc.property(terms, fc.bigInt(-25_000n, 500_000n), fc.bigInt(0n, 50_000_000n), (t, cents, wh) => {
        const { grossE8, client, clientE8, hostE8 } = creditShare(t, parseCentsPerMwh(cents.toString()), energyWh(wh));
        expect(clientE8 + hostE8).toBe(grossE8);
        const distance = minus(rational(clientE8), client);
        expect(compare(distance, rational(1n)) < 0 && compare(distance, rational(-1n)) > 0).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("a share outside 0 to 1 is refused", () => {
    expect(() =>
      creditShare(
        { kind: "gross-share", clientShare: "70", sharesNegative: false, clause: "6" },
        parseCentsPerMwh("1"),
        energyWh(1n),
      ),
    ).toThrow(/clientShare is 70; expected a share from 0 to 1/);
  });
});

import { describe, expect, it } from "vitest";
import type { NetworkReading } from "../../../src/domain/market/bitcoinNetwork.ts";
import { blockSubsidySats } from "../../../src/domain/market/blockSubsidy.ts";
import { difficultyEpoch } from "../../../src/domain/market/difficultyEpoch.ts";
import { hashpriceUsdPerPhDay, satsPerPhDay } from "../../../src/domain/market/networkHashprice.ts";
import { type PoolPayout, payoutTerms } from "../../../src/domain/market/poolPayout.ts";
import { subsidyOfHour } from "../../../src/domain/market/subsidyOfHour.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const AT = parseInstant("2026-08-21T17:00:00-05:00");
const network = (changes: Partial<NetworkReading> = {}): NetworkReading => ({
  height: 963_104,
  difficulty: 1.2748e14,
  feesSatsPerBlock: 3_550_000,
  tipAt: addSeconds(AT, -240),
  observedAt: AT,
  ...changes,
});

describe("new coins of a block", () => {
  it.each([
    [0, 5_000_000_000],
    [209_999, 5_000_000_000],
    [210_000, 2_500_000_000],
    [840_000, 312_500_000],
    [1_050_000, 156_250_000],
    // the tenth halving is the first that cuts: 4,882,812.5
    [2_100_000, 4_882_812],
    [6_720_000, 1],
    [6_930_000, 0],
    [13_440_000, 0],
  ])("at height %d: %d satoshis", (height, sats) => {
    expect(blockSubsidySats(height)).toBe(sats);
  });

  it("come to 20,999,999.9769 bitcoins in all, the known total", () => {
    let total = 0;
    for (let height = 0; height < 6_930_000; height += 210_000) total += blockSubsidySats(height) * 210_000;
    expect(total).toBe(2_099_999_997_690_000);
  });
});

describe("what a PH/s earns a day", () => {
  it("is 49,874 sats and 39.13 $: 3.1605 BTC · 86,400 · 10^15 ÷ (1.2748 · 10^14 · 2^32) at 78,456.69 $", () => {
    const sats = satsPerPhDay(network(), "fpps", AT);
    expect(sats).toBeCloseTo(49_873.6, 0);
    expect(hashpriceUsdPerPhDay(sats, 78_456.69)).toBeCloseTo(39.13, 2);
    // 49.87 sats per TH/s and day
    expect(sats / 1000).toBeCloseTo(49.87, 2);
  });

  it.each<[PoolPayout, number, string]>([
    ["fpps", 1, "nothing"],
    ["pps-plus", 1, "fees"],
    ["pplns", 1, "all"],
    ["pps", 3.125 / 3.1605, "nothing"],
  ])("paid by %s is %d of it in the mean, with luck on %s", (payout, share, luckOn) => {
    expect(satsPerPhDay(network(), payout, AT) / satsPerPhDay(network(), "fpps", AT)).toBeCloseTo(share, 9);
    expect(payoutTerms(payout).luckOn).toBe(luckOn);
  });
});

describe("the hour of a halving", () => {
  // block 1,050,000 is the first of 1.5625 BTC
  it.each([
    [1_049_993, 3.125, "six blocks of the old subsidy to come: the hour is all before it"],
    [1_049_996, 3.125 * 0.5 + 1.5625 * 0.5, "three: half an hour at each"],
    [1_049_998, 3.125 / 6 + (1.5625 * 5) / 6, "one: ten minutes of the old"],
    [1_049_999, 1.5625, "none: the next block halves"],
  ])("at height %d pays %d BTC a block", (height, btc, _why) => {
    expect(subsidyOfHour(network({ height }), AT).subsidySats).toBeCloseTo(btc * 1e8, 3);
  });

  it("comes nearer with the time since the reading, whether a block was seen or not", () => {
    const reading = network({ height: 1_049_996 });
    expect(subsidyOfHour(reading, addSeconds(AT, 900)).subsidySats).toBeCloseTo(
      (3.125 / 4 + (1.5625 * 3) / 4) * 1e8,
      3,
    );
    expect(subsidyOfHour(reading, addSeconds(AT, 1_800)).subsidySats).toBe(156_250_000);
    expect(subsidyOfHour(reading, AT).halvingAt).toBe(addSeconds(AT, 1_800));
  });

  it("is counted at the pace of the running difficulty where it is known: 480 s a block", () => {
    // 1,049,996 is block 1,676 of its 2,016
    const reading = network({ height: 1_049_996, epochStartedAt: addSeconds(AT, -240 - 1_676 * 480) });
    expect(subsidyOfHour(reading, AT).halvingAt).toBe(addSeconds(AT, 1_440));
  });

  it("leaves the fees as they are", () => {
    const sats = (height: number) => satsPerPhDay(network({ height }), "fpps", AT);
    expect(sats(1_049_999) / sats(1_049_993)).toBeCloseTo((1.5625 + 0.0355) / (3.125 + 0.0355), 9);
  });
});

describe("the next difficulty", () => {
  it("after 1,008 blocks of 570 s: 600/570 of this one, when 1,008 more have come", () => {
    const height = 2_016 * 477 + 1_008;
    const epoch = difficultyEpoch(network({ height, tipAt: AT, epochStartedAt: addSeconds(AT, -1_008 * 570) }));
    expect(epoch.blockSeconds).toBe(570);
    expect(epoch.endsAtHeight).toBe(2_016 * 478);
    expect(epoch.endsAt).toBe(addSeconds(AT, 1_007 * 570));
    expect(epoch.change).toBeCloseTo(600 / 570, 9);
  });

  it.each([
    [30, 4],
    [6_000, 0.25],
  ])("moves no more than fourfold: blocks of %d s", (seconds, change) => {
    const height = 2_016 * 477 + 1_008;
    const reading = network({ height, tipAt: AT, epochStartedAt: addSeconds(AT, -1_008 * seconds) });
    expect(difficultyEpoch(reading).change).toBe(change);
  });

  it.each([
    ["few blocks", { height: 2_016 * 477 + 20, epochStartedAt: addSeconds(AT, -9_000) }],
    ["a source that does not say when it began", { height: 2_016 * 477 + 1_008 }],
    ["a first block after the newest", { height: 2_016 * 477 + 1_008, epochStartedAt: addSeconds(AT, 100) }],
  ])("is not told of %s, and blocks are counted at 600 s", (_what, changes) => {
    const epoch = difficultyEpoch(network(changes));
    expect(epoch.change).toBeUndefined();
    expect(epoch.blockSeconds).toBe(600);
  });
});

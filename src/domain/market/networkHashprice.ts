import type { Instant } from "../units/instant.ts";
import type { NetworkReading } from "./bitcoinNetwork.ts";
import { type PoolPayout, payoutTerms } from "./poolPayout.ts";
import { subsidyOfHour } from "./subsidyOfHour.ts";

const DAY_SECONDS = 86_400;
const HASHES_PER_PH = 1_000_000_000_000_000;
const HASHES_PER_DIFFICULTY = 4_294_967_296;
const SATS_PER_BTC = 100_000_000;

/**
 * What a PH/s is expected to earn a day in the hour that begins at `asOf`, satoshis, before the pool's fee.
 * Difficulty is a count of 2^32 hashes (Bitcoin Core, `GetDifficulty`):
 * (subsidy + fees of a block) · 86,400 s · 10^15 ÷ (difficulty · 2^32). The fees count where the pool pays them.
 */
export function satsPerPhDay(network: NetworkReading, payout: PoolPayout, asOf: Instant): number {
  const fees = payoutTerms(payout).countsFees ? network.feesSatsPerBlock : 0;
  const blocksPerPhDay = (DAY_SECONDS * HASHES_PER_PH) / (network.difficulty * HASHES_PER_DIFFICULTY);
  return (subsidyOfHour(network, asOf).subsidySats + fees) * blocksPerPhDay;
}

/**
 * Hashprice, $ per PH/s and day before the pool's fee, of what a PH/s earns in satoshis and the price of a bitcoin. At
 * difficulty 1.2748 · 10^14, 3.125 BTC subsidy, 0.0355 BTC fees and 78,456.69 $ it is 39.13.
 */
export function hashpriceUsdPerPhDay(sats: number, usdPerBtc: number): number {
  return (sats * usdPerBtc) / SATS_PER_BTC;
}

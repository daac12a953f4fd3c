import { UnitError, instantFromMs, secondsBetween } from "./instant.ts";
import type { Instant } from "./instant.ts";

/** How far ahead of market time a stamp of an outside source may lie: clocks differ by seconds, not by minutes. */
export const OUTSIDE_AHEAD_SECONDS_MAX = 120;

/** 2001-09-09 in seconds and in milliseconds; between the ranges lies what could be either, far from any market. */
const SECONDS = { from: 1e9, to: 1e11 };
const MILLISECONDS = { from: 1e12, to: 1e14 };

/**
 * Instant of an epoch number of an outside source, in seconds or in milliseconds since 1970, told apart by magnitude:
 * 10⁹ up to 10¹¹ are seconds, 10¹² up to 10¹⁴ milliseconds (both from the year 2001 on). @throws UnitError for any
 * other number, zero and NaN included.
 */
export function instantOfEpoch(epoch: number): Instant {
  if (epoch >= SECONDS.from && epoch < SECONDS.to) return instantFromMs(Math.round(epoch * 1000));
  if (epoch >= MILLISECONDS.from && epoch < MILLISECONDS.to) return instantFromMs(Math.round(epoch));
  throw new UnitError(`epoch: expected seconds such as 1787090655 or milliseconds such as 1787090655000, got ${epoch}`);
}

/**
 * Why an outside source's stamp cannot be believed at market time `marketAt`, for a log or a refusal: more than
 * `OUTSIDE_AHEAD_SECONDS_MAX` ahead, or more than `ageSecondsMax` old. Undefined when it is plausible. The words are
 * the same as long as the stamp stands there, so that it can be told once.
 */
export function outsideInstantProblem(stamp: Instant, marketAt: Instant, ageSecondsMax: number): string | undefined {
  const ageSeconds = secondsBetween(stamp, marketAt);
  if (ageSeconds < -OUTSIDE_AHEAD_SECONDS_MAX) {
    return (
      `${stamp} is more than ${OUTSIDE_AHEAD_SECONDS_MAX} s ahead of market time: check the source's clock and ` +
      `this machine's`
    );
  }
  return ageSeconds > ageSecondsMax ? `${stamp} is more than ${ageSecondsMax} s old` : undefined;
}

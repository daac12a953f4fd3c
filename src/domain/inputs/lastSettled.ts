import { intervalStart, parseIntervalKey, settlementInterval } from "../market/calendar.ts";
import { type AdderOfRun, readAdder } from "../market/readAdder.ts";
import { settledAdder } from "../market/settledAdder.ts";
import type { IntervalKey } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { KnownRun } from "./knownRuns.ts";

/** A settlement price of an interval that has ended, $/MWh. */
export interface SettledPrice {
  readonly intervalKey: IntervalKey;
  readonly priceUsdPerMwh: number;
}

/** What the adder is computed from: SCED runs and settlement prices, ascending. */
export interface Prices {
  readonly scedRuns: readonly KnownRun[];
  readonly settled: readonly SettledPrice[];
}

/** Adders of SCED runs as ERCOT publishes them, where a site knows any. */
export interface ReadAdders {
  readonly scedAdders?: { readonly runs: readonly AdderOfRun[] };
}

/**
 * Newest settled interval whose SCED runs are complete too, with its adder; undefined when there is none. A negative
 * difference counts as 0: it says nothing about the running interval and may not pull a restart.
 */
export function lastSettled(state: Prices): (SettledPrice & { readonly adderUsdPerMwh: number }) | undefined {
  for (const settled of state.settled.toReversed()) {
    const adder = settledAdder({
      interval: parseIntervalKey(settled.intervalKey),
      runs: state.scedRuns,
      priceUsdPerMwh: settled.priceUsdPerMwh,
    });
    if (adder !== undefined) return { ...settled, adderUsdPerMwh: Math.max(adder, 0) };
  }
  return undefined;
}

/**
 * Whether the adder a decision would infer differs; rounding counts as no adder, so a quiet settlement price changes
 * nothing. `share` is the site's share of it, 0 for none. Where ERCOT's own adder is read for the interval at `asOf`,
 * none is inferred.
 */
export function adderChanged(share: number, before: Prices & ReadAdders, after: Prices, asOf: Instant): boolean {
  const start = intervalStart(settlementInterval(asOf));
  if (share === 0 || readAdder(start, asOf, before.scedAdders?.runs) !== undefined) return false;
  const old = lastSettled(before);
  const now = lastSettled(after);
  const noAdder = (one: typeof old): boolean => one === undefined || one.adderUsdPerMwh === 0;
  if (noAdder(old) && noAdder(now)) return false;
  return old?.intervalKey !== now?.intervalKey || old?.adderUsdPerMwh !== now?.adderUsdPerMwh;
}

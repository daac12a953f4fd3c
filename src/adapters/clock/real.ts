import { marketTime, type RealClock } from "../../domain/units/marketTime.ts";
import { secondsBetween } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { MarketClock } from "../../ports/marketClock.ts";

/** Node fires a timer above 2^31 − 1 ms at once. */
const TIMER_MS_MAX = 2_000_000_000;

/**
 * The market clock at speed 1: the machine's own, shifted by the run's offset; in production there is none. Holding
 * does nothing. `waitUntil` rejects with the signal's reason on abort.
 */
export function realMarketClock(settings: RealClock = { kind: "real" }): MarketClock {
  const now = () => marketTime(settings, Date.now());
  return {
    now: async () => now(),
    async waitUntil(_key, until: Instant, signal?: AbortSignal) {
      for (;;) {
        signal?.throwIfAborted();
        const at = now();
        const leftMs = secondsBetween(at, until) * 1000;
        if (leftMs <= 0) return at;
        await sleep(Math.min(leftMs, TIMER_MS_MAX), signal);
      }
    },
    hold: async () => {},
    release: async () => {},
  };
}

/** Ends early, without error, on abort: the caller looks at the signal. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

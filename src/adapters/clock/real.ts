import { marketTime, type RealClock } from "../../domain/units/marketTime.ts";
import { secondsBetween } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";

/** A wait looks at the clock this often: timers stand while a machine is suspended, and know nothing of a clock set. */
const LOOK_EVERY_MS = 5_000;
/** Set back by less, a wait only takes a little longer. */
const SET_BACK_MS = 2_000;

/**
 * The market clock at speed 1: the machine's own, shifted by the run's offset; in production there is none. Holding
 * does nothing. `waitUntil` rejects with the signal's reason on abort, and with PortUnavailableError when the machine's
 * clock is set back while it waits: what was waited for was worked out by a clock that was ahead.
 */
export function realMarketClock(
  settings: RealClock = { kind: "real" },
  { lookEveryMs = LOOK_EVERY_MS } = {},
): MarketClock {
  const now = () => marketTime(settings, Date.now());
  return {
    now: async () => now(),
    async waitUntil(_key, until: Instant, signal?: AbortSignal) {
      for (;;) {
        signal?.throwIfAborted();
        const at = now();
        const leftMs = secondsBetween(at, until) * 1000;
        if (leftMs <= 0) return at;
        const sleptFrom = performance.now();
        await sleep(Math.min(leftMs, lookEveryMs), signal);
        const setBackMs = performance.now() - sleptFrom - secondsBetween(at, now()) * 1000;
        if (setBackMs > SET_BACK_MS)
          throw new PortUnavailableError(
            `market clock: set back by ${Math.round(setBackMs / 1000)} s while waiting for ${until}; is the ` +
              `machine's time service right? Begin the wait again`,
          );
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

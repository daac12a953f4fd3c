import type { MarketClock } from "../src/ports/marketClock.ts";

/**
 * Takes a key off the market clock for good: a paced clock would stand for whoever waited under it and is gone. Throws
 * what the clock throws.
 */
export async function endWait(clock: MarketClock, key: string, signal?: AbortSignal): Promise<void> {
  await clock.waitUntil(key, await clock.now(), signal);
  await clock.release(key);
}

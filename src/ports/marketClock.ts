import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/**
 * The market clock. In production it is the real one. A paced clock (demo, replay) stands while anybody holds it, and
 * wakes one waiter at a time in (instant, key) order, or several that are about different sites, so that a run's
 * decisions do not depend on its speed. Every method rejects with `PortUnavailableError` when the clock cannot be
 * reached.
 */
export interface MarketClock {
  /** Market time now. */
  now(): Promise<Instant>;
  /**
   * Resolves with market time once it has reached `until`. On a paced clock the waiter holds the clock under `key` from
   * its wake until it waits again or releases; waiting releases what it held. Rejects when `signal` aborts.
   * `siteIds`: the sites that alone will notice the wake; without, it may be about any.
   */
  waitUntil(key: string, until: Instant, signal?: AbortSignal, siteIds?: readonly SiteId[]): Promise<Instant>;
  /** Stop a paced clock under `key`; idempotent. Nothing on the real clock. */
  hold(key: string): Promise<void>;
  release(key: string): Promise<void>;
}

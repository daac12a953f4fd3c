import type { SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";

/** The wait of one watch between two looks, which can be made shorter while it lasts. */
export class MeterWait {
  readonly #clock: MarketClock;
  readonly #key: string;
  readonly #siteId: SiteId;
  #due: Instant | undefined;
  /** Absent while the watch looks. */
  #waiting: AbortController | undefined;
  #shortening: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(clock: MarketClock, key: string, siteId: SiteId) {
    this.#clock = clock;
    this.#key = key;
    this.#siteId = siteId;
  }

  /**
   * Market time at `due`, or sooner where that was wished; undefined once `signal` ends it.
   * @throws what the clock throws
   */
  async until(due: Instant, signal: AbortSignal): Promise<Instant | undefined> {
    // Wished for while the watch looked.
    if (this.#due === undefined || due < this.#due) this.#due = due;
    while (!signal.aborted) {
      const waiting = (this.#waiting = new AbortController());
      try {
        const either = AbortSignal.any([signal, waiting.signal]);
        const at = await this.#clock.waitUntil(this.#key, this.#due ?? due, either, [this.#siteId]);
        this.#due = undefined;
        return at;
      } catch (error) {
        if (!signal.aborted && !waiting.signal.aborted) throw error;
      } finally {
        this.#waiting = undefined;
      }
    }
    return undefined;
  }

  /** The next look is at `at` at the latest. A paced clock goes no further before that wait is registered. */
  async noLaterThan(at: Instant): Promise<void> {
    if (this.#isOver || (this.#due !== undefined && this.#due <= at)) return;
    this.#due = at;
    if (this.#waiting === undefined) return;
    // Whichever wait stands once the clock is held begins anew, and lets it go.
    this.#shortening = this.#clock.hold(this.#key).then(() => this.#waiting?.abort(new Error("a sooner look")));
    await this.#shortening;
  }

  /** A paced clock waits for this watch no more. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#shortening.catch(() => undefined);
    await this.#clock.release(this.#key);
  }
}

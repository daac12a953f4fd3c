import { type Instant, instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { RequestBudget, Urgency } from "../../ports/requestBudget.ts";

/** Requests a minute to ERCOT's public site, over all feeds of a process. ERCOT names no limit: these are manners. */
export const REQUESTS_PER_MINUTE = 10;
/** What was not asked for is saved up to this: documents of one SCED run come together. */
const SAVED_MAX = 16;
/** What a feed leaves to those before it. The first may borrow: what decisions wait for, and a level of the grid. */
const LEFT: Readonly<Record<Urgency, number>> = { first: -6, look: 0, soon: 4, later: 6 };
/** After a refusal the rate is halved for so long. */
const SLOW_MS = 600_000;
/** The longest that one refused request holds up every feed: the price of a decision may not wait longer. */
const PAUSE_MS_MAX = 60_000;
/** Market time that lies this much back was made by another clock. */
const BACK_MS = 60_000;

/**
 * The budget of requests to one address. Its level at the start of an instant decides for all who ask at that instant:
 * who of them is woken first plays no part, so that a paced run comes out the same however fast it goes. What they take
 * together may lead below zero, and is made up for before anybody's next turn.
 */
export class ErcotRequestBudget implements RequestBudget {
  #asOfMs = Number.NaN;
  #level = SAVED_MAX;
  #taken = 0;
  #slowUntilMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  turnAt(urgency: Urgency, at: Instant): Instant {
    const atMs = this.#advance(at);
    if (atMs < this.#pausedUntilMs) return instantFromMs(this.#pausedUntilMs);
    const lacking = 1 + LEFT[urgency] - this.#level;
    return lacking <= 0 ? at : instantFromMs(Math.ceil((atMs + lacking / this.#perMs(atMs)) / 1000) * 1000);
  }

  room(urgency: Urgency, at: Instant): number {
    this.#advance(at);
    return Math.max(1, Math.floor(this.#level) - LEFT[urgency]);
  }

  take(at: Instant): void {
    this.#advance(at);
    this.#taken += 1;
  }

  refused(at: Instant, status: number, retryAfterSeconds = 0): void {
    const atMs = this.#advance(at);
    this.#slowUntilMs = atMs + SLOW_MS;
    if (status === 429) this.#pausedUntilMs = atMs + Math.min(retryAfterSeconds * 1000, PAUSE_MS_MAX);
  }

  /** Market ms of `at`, or of the newest instant heard of where that is a little later. */
  #advance(at: Instant): number {
    const atMs = msOfInstant(at);
    if (atMs < this.#asOfMs - BACK_MS) {
      this.#slowUntilMs = Number.NEGATIVE_INFINITY;
      this.#pausedUntilMs = Number.NEGATIVE_INFINITY;
      this.#asOfMs = Number.NaN;
    }
    if (Number.isNaN(this.#asOfMs)) [this.#asOfMs, this.#level, this.#taken] = [atMs, SAVED_MAX, 0];
    if (atMs <= this.#asOfMs) return this.#asOfMs;
    const earned = (atMs - this.#asOfMs) * this.#perMs(atMs);
    [this.#level, this.#taken] = [Math.min(SAVED_MAX, this.#level - this.#taken + earned), 0];
    this.#asOfMs = atMs;
    return atMs;
  }

  #perMs(atMs: number): number {
    return (atMs < this.#slowUntilMs ? REQUESTS_PER_MINUTE / 2 : REQUESTS_PER_MINUTE) / 60_000;
  }
}

import type { Instant } from "../../domain/units/instant.ts";
import type { RequestBudget, Urgency } from "../../ports/requestBudget.ts";

/** Documents that a feed fetches at its first look, the newest: its backlog waits until every feed had its look. */
const FIRST_LOOK_DOCUMENTS = 1;

/**
 * The turns of one feed within the budget of requests. Its first look since the start goes before the others' backlogs,
 * and what it owes then, and after hours away, comes when nobody else waits; what goes first by itself waits for
 * neither. Ballast's own rule, for ERCOT's public site.
 */
export class FeedTurns {
  readonly #budget: RequestBudget | undefined;
  readonly #urgency: Urgency;
  #hasLooked = false;

  constructor(budget: RequestBudget | undefined, urgency: Urgency) {
    this.#budget = budget;
    this.#urgency = urgency;
  }

  /** When a poll may begin: `at` itself, or later. `owes`: older documents are listed that no poll has tried. */
  turnAt(at: Instant, owes = false): Instant {
    return this.#budget?.turnAt(this.#urgencyNow(owes), at) ?? at;
  }

  /** A poll has begun. Documents that it may fetch; undefined for any number. */
  begin(at: Instant): number | undefined {
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    const room = this.#budget?.room(this.#urgency, at);
    return isFirst && this.#urgency !== "first" && room !== undefined ? Math.min(room, FIRST_LOOK_DOCUMENTS) : room;
  }

  #urgencyNow(owes: boolean): Urgency {
    if (this.#urgency === "first") return "first";
    if (!this.#hasLooked) return "look";
    return owes ? "later" : this.#urgency;
  }
}

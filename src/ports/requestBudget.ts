import type { Instant } from "../domain/units/instant.ts";

/**
 * Who goes first where requests are short: what decisions wait for, the first look of each other feed since the start,
 * prices of the day, everything else.
 */
export type Urgency = "first" | "look" | "soon" | "later";

/**
 * How many requests one outside party is asked, over all feeds of a process, in market time. Nobody is refused in the
 * middle of a poll: a feed asks for its turn before it, and each request is counted.
 */
export interface RequestBudget {
  /** When a feed of this urgency may begin a poll: `at` itself, or later. */
  turnAt(urgency: Urgency, at: Instant): Instant;
  /** Documents that a poll of this urgency at `at` may fetch; at least one. */
  room(urgency: Urgency, at: Instant): number;
  /** A request is made. */
  take(at: Instant): void;
  /** The party has asked for patience (429, 503), with the seconds that it named: every feed slows down. */
  refused(at: Instant, status: number, retryAfterSeconds?: number): void;
}

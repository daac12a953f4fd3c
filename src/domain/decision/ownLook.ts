import { dayEnd, operatingDayOf } from "../market/calendar.ts";
import { ageLimits } from "../inputs/silentFacts.ts";
import type { Instant } from "../units/instant.ts";
import type { DecisionRecord, SitePlan } from "./model.ts";
import { nextLookAfter } from "./nextLook.ts";

/**
 * When a site must rouse itself after a decision: for a hold, an order, an instruction, the next interval, or the end
 * of its operating day. Not for the age limit of a price or hashprice: that is told by the feed's watcher, which looks
 * anyway and tells every site. A limit hides whatever is due after it; the word of the watcher, or the next price,
 * brings a decision that shows it again.
 */
export function ownLookAfter(plan: SitePlan, record: DecisionRecord): Instant {
  const look = nextLookAfter(record);
  const limits = ageLimits(record.input.facts, plan);
  return limits.includes(look) ? dayEnd(operatingDayOf(record.input.asOf)) : look;
}

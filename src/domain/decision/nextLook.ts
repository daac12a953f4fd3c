import { ageLimits } from "../inputs/silentFacts.ts";
import { dayEnd, operatingDayOf } from "../market/calendar.ts";
import type { Instant } from "../units/instant.ts";
import type { DecisionRecord, SitePlan } from "./model.ts";

/**
 * When a site must look again without input after a decision: when the decision says so, at the end of its operating
 * day at the latest.
 */
export function nextLookAfter(record: DecisionRecord): Instant {
  const end = dayEnd(operatingDayOf(record.input.asOf));
  const { nextWakeAt } = record.output;
  return nextWakeAt !== undefined && nextWakeAt < end ? nextWakeAt : end;
}

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

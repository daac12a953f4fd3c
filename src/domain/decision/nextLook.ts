import { dayEnd, operatingDayOf } from "../market/calendar.ts";
import type { Instant } from "../units/instant.ts";
import type { DecisionRecord } from "./model.ts";

/**
 * When a site must look again without input after a decision: when the decision says so, at the end of its operating
 * day at the latest.
 */
export function nextLookAfter(record: DecisionRecord): Instant {
  const end = dayEnd(operatingDayOf(record.input.asOf));
  const { nextWakeAt } = record.output;
  return nextWakeAt !== undefined && nextWakeAt < end ? nextWakeAt : end;
}

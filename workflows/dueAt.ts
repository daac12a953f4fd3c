import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { workflowInfo } from "@temporalio/workflow";
import { type Instant, instantFromMs } from "../src/domain/units/instant.ts";

/** Set by Temporal on whatever a schedule starts. */
const scheduledStart = defineSearchAttributeKey("TemporalScheduledStartTime", SearchAttributeType.DATETIME);

/**
 * The moment for which a schedule starts this workflow: a start made up for after an outage, or by a backfill, comes
 * later than it was due. Its own start where a person began it.
 */
export function dueAt(): Instant {
  const { typedSearchAttributes, runStartTime } = workflowInfo();
  return instantFromMs((typedSearchAttributes.get(scheduledStart) ?? runStartTime).getTime());
}

import { ParentClosePolicy, startChild, workflowInfo } from "@temporalio/workflow";
import { operatingDayOf, previousDay } from "../src/domain/market/calendar.ts";
import { instantFromMs } from "../src/domain/units/instant.ts";
import { type CloseInput, SETTLEMENT_OPEN_SECONDS, workflowIds } from "./contracts.ts";
import { settleDay } from "./settleDay.ts";

/**
 * Started by a schedule soon after midnight Central: begins the settlement of the operating day that has just ended.
 */
export async function closeDay({ siteId }: CloseInput): Promise<string> {
  const operatingDay = previousDay(operatingDayOf(instantFromMs(workflowInfo().runStartTime.getTime())));
  const workflowId = workflowIds.settlement(siteId, operatingDay);
  await startChild(settleDay, {
    workflowId,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ siteId, operatingDay, openSeconds: SETTLEMENT_OPEN_SECONDS }],
  });
  return workflowId;
}

import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import { operatingDayOf, previousDay } from "../src/domain/market/calendar.ts";
import { type CloseInput, SETTLEMENT_OPEN_SECONDS, workflowIds } from "./contracts.ts";
import { dueAt } from "./dueAt.ts";
import { settleDay } from "./settleDay.ts";
import { unlessStarted } from "./unlessStarted.ts";

/**
 * Started by a schedule soon after midnight Central: begins the settlement of the operating day that had just ended
 * when it was due, unless it has begun.
 */
export async function closeDay({ siteId }: CloseInput): Promise<string> {
  const operatingDay = previousDay(operatingDayOf(dueAt()));
  const workflowId = workflowIds.settlement(siteId, operatingDay);
  await unlessStarted(() =>
    startChild(settleDay, {
      workflowId,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ siteId, operatingDay, openSeconds: SETTLEMENT_OPEN_SECONDS }],
    }),
  );
  return workflowId;
}

import { ParentClosePolicy, proxyActivities, startChild } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { operatingDayOf, previousDay } from "../src/domain/market/calendar.ts";
import { type CloseInput, workflowIds } from "./contracts.ts";
import { dueAt } from "./dueAt.ts";
import { issueStatement } from "./issueStatement.ts";
import { settlementWork } from "./options.ts";
import { unlessStarted } from "./unlessStarted.ts";

const { dueOfMonth } = proxyActivities<Activities>(settlementWork);

/**
 * Started by a schedule on a day of the following month: issues the statements of the month that had ended when it was
 * due, for each contract the days on which it was in force.
 */
export async function closeMonth({ siteId, contracts }: CloseInput): Promise<string[]> {
  const today = operatingDayOf(dueAt());
  const to = previousDay(`${today.slice(0, 8)}01`);
  const due = await dueOfMonth({ siteId, month: { from: `${to.slice(0, 8)}01`, to }, contracts });
  const begun: string[] = [];
  for (const { contractId, period } of due) {
    const workflowId = workflowIds.statement(siteId, contractId, period);
    await unlessStarted(() =>
      startChild(issueStatement, {
        workflowId,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [{ siteId, contractId, period }],
      }),
    );
    begun.push(workflowId);
  }
  return begun;
}

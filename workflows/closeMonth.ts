import { ParentClosePolicy, patched, proxyActivities, startChild } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { nextDay, operatingDayOf, previousDay } from "../src/domain/market/calendar.ts";
import { overlap } from "../src/domain/units/effectiveDates.ts";
import { type CloseInput, workflowIds } from "./contracts.ts";
import { dueAt } from "./dueAt.ts";
import { issueStatement } from "./issueStatement.ts";
import { settlementWork } from "./options.ts";
import { unlessStarted } from "./unlessStarted.ts";

const { contractsSettled } = proxyActivities<Activities>(settlementWork);

/**
 * Started by a schedule on a day of the following month: one statement for each contract in force in the month that
 * had ended when it was due, and for each that days of the month were settled under and the configuration has lost.
 */
export async function closeMonth({ siteId, contracts }: CloseInput): Promise<string[]> {
  const today = operatingDayOf(dueAt());
  const to = previousDay(`${today.slice(0, 8)}01`);
  const period = { from: `${to.slice(0, 8)}01`, to };
  const month = { effectiveFrom: period.from, effectiveTo: nextDay(to) };
  const stated = contracts.filter((contract) => overlap(contract, month));
  const settled = patched("contracts-settled") ? await contractsSettled({ siteId, period }) : [];
  const contractIds = [...new Set([...stated.map(({ contractId }) => contractId), ...settled])];
  for (const contractId of contractIds) {
    await unlessStarted(() =>
      startChild(issueStatement, {
        workflowId: workflowIds.statement(siteId, contractId, period),
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [{ siteId, contractId, period }],
      }),
    );
  }
  return contractIds;
}

import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import { type WatchFeedInput, workflowIds } from "../../../workflows/contracts.ts";

/**
 * The reading of a site's meters says which database it writes to. Two databases for one site would take turns at its
 * workflows, each with half of the prices, registers and decisions. @throws Error, with what to do, when the site is
 * open on the Temporal server for another database; ServiceError of the client when the server does not answer
 */
export async function refuseOtherLedger(client: Client, siteId: string, ledgerId: string): Promise<void> {
  const workflowId = workflowIds.registers(siteId);
  const other = await ledgerOf(client, workflowId);
  if (other === undefined || other === ledgerId) return;
  throw new Error(
    `site ${siteId} is open in namespace ${client.options.namespace} of the Temporal server for another database ` +
      `(ledger ${other}), and this one is ledger ${ledgerId}; start it with that database or data folder, restore ` +
      `its backup, or, if that database is gone for good, end the site's open workflows (${workflowId} and those ` +
      `beside it)`,
  );
}

/** The database that the open run of a feed writes to; undefined where none is open or it does not say. */
async function ledgerOf(client: Client, workflowId: string): Promise<string | undefined> {
  const { namespace } = client.options;
  try {
    const { runId, status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name !== "RUNNING") return undefined;
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    return payload ? defaultPayloadConverter.fromPayload<WatchFeedInput>(payload).ledgerId : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

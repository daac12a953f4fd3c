import { ApplicationFailure, type Client, WorkflowFailedError } from "@temporalio/client";
import {
  type IssueStatementInput,
  SETTLEMENT_OPEN_SECONDS,
  settleAgain,
  type SettleRequest,
  workflowIds,
} from "../../../workflows/contracts.ts";
import type { issueStatement, settleDay } from "../../../workflows/index.ts";
import { type IssuedStatement, RequestRefusedError } from "../../ports/commands.ts";

/** Where the workflows of a site's money begin. */
export interface SiteQueue {
  readonly client: Client;
  readonly siteId: string;
  /** Of the site's book. */
  readonly taskQueue: string;
}

/**
 * Ask a day's settlement for a new version; a day whose settlement has ended, or never began, is opened. Nothing new is
 * posted when no fact has changed. @throws whatever Temporal throws.
 */
export async function settleDayAgain(
  { client, siteId, taskQueue }: SiteQueue,
  operatingDay: string,
  request: SettleRequest,
): Promise<void> {
  await client.workflow.signalWithStart<typeof settleDay, [SettleRequest]>("settleDay", {
    workflowId: workflowIds.settlement(siteId, operatingDay),
    taskQueue,
    args: [{ siteId, operatingDay, openSeconds: SETTLEMENT_OPEN_SECONDS }],
    signal: settleAgain,
    signalArgs: [request],
  });
}

/**
 * Issue a statement, or be told the one that was issued already. @throws RequestRefusedError with the reason, and
 * whatever else Temporal throws.
 */
export async function issueAgain(
  { client, siteId, taskQueue }: SiteQueue,
  input: Omit<IssueStatementInput, "siteId">,
): Promise<IssuedStatement> {
  try {
    return await client.workflow.execute<typeof issueStatement>("issueStatement", {
      workflowId: workflowIds.statement(siteId, input.contractId, input.period),
      workflowIdConflictPolicy: "USE_EXISTING",
      taskQueue,
      args: [{ siteId, ...input }],
    });
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? (error.cause?.cause ?? error.cause) : undefined;
    if (cause instanceof ApplicationFailure) throw new RequestRefusedError(cause.message, { cause: error });
    throw error;
  }
}

import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";

const ANSWER_WITHIN_MS = 5_000;

/**
 * Time of the Temporal server, and this machine's just before the question and just after the answer, ms since 1970.
 * The server tells its time only of what happens on it: a workflow that nobody executes is started, asked for its start
 * and deleted; where the deletion is lost it ends by itself after ten seconds.
 * @throws ServiceError of the Temporal client when the server does not answer
 */
export async function temporalTime(
  client: Client,
): Promise<{ readonly askedMs: number; readonly theirsMs: number; readonly answeredMs: number }> {
  return client.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => {
    const askedMs = Date.now();
    const handle = await client.workflow.start("clockCheck", {
      workflowId: `clock-check/${randomUUID()}`,
      taskQueue: "clock-check",
      workflowExecutionTimeout: "10 seconds",
      args: [],
    });
    const answeredMs = Date.now();
    const { startTime, runId, workflowId } = await handle.describe();
    await client.workflowService.deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
    });
    return { askedMs, theirsMs: startTime.getTime(), answeredMs };
  });
}

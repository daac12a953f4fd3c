import { setTimeout as delay } from "node:timers/promises";
import { postgresEvidenceStore } from "../../adapters/postgres/evidenceStore.ts";
import { temporalHistories } from "../../adapters/temporal/history.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import { workflowIds } from "../../../workflows/contracts.ts";
import type { BookSystem } from "../system/system.ts";

const WITHIN_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Wait until a site's newest closed run is kept as evidence: the one before the open run, or the last one of a retired
 * site. It is exported beside the site, in no fixed time.
 * @throws PortUnavailableError when it is not within a minute.
 */
export async function closedRunExported(
  { client, pool }: Pick<BookSystem, "client" | "pool">,
  siteId: string,
): Promise<void> {
  const workflowId = workflowIds.site(siteId);
  const { runId, status } = await client.workflow.getHandle(workflowId).describe();
  const isOpen = status.name === "RUNNING";
  const closed = isOpen ? await temporalHistories(client).runBefore(workflowId, runId) : runId;
  const evidence = postgresEvidenceStore(pool);
  for (const until = Date.now() + WITHIN_MS; Date.now() < until; await delay(PAUSE_MS)) {
    if (closed === undefined || (await evidence.latestRun(siteId))?.runId === closed) return;
  }
  throw new PortUnavailableError(
    `run ${closed} of ${workflowId} is not exported after ${WITHIN_MS / 1000} s; see the worker's log`,
  );
}

import type { Client } from "@temporalio/client";
import { siteQueueOf } from "../../../workflows/contracts.ts";
import { inService, reachedSites } from "../worker/book.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";
import type { Answer, Probe } from "./readiness.ts";
import type { BookSystem } from "./system.ts";

/** A process that serves a queue asks it for work at least once a minute. */
const ASKS_WITHIN_MS = 70_000;
const WELL_AGAIN_MS = 60_000;
/** Temporal's number for the queue of activities. */
const ACTIVITIES = 2;

/** Whether somebody serves the machines and meters of each site that has a gateway. */
export function gatewayProbes({ client, book }: Pick<BookSystem, "client" | "book">): readonly Probe[] {
  const active = inService(book);
  const reached = new Set(reachedSites(active));
  return active.flatMap(({ plan: { siteId } }) =>
    reached.has(siteId)
      ? []
      : [
          {
            what: `${siteId} gateway`,
            wellAgainMs: WELL_AGAIN_MS,
            ask: () => askedBy(client, siteQueueOf(taskQueueOf(book.bookId), siteId), siteId),
          },
        ],
  );
}

async function askedBy(client: Client, queue: string, siteId: string): Promise<Answer> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: ACTIVITIES,
  });
  const served = (pollers ?? []).find(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds) * 1000 < ASKS_WITHIN_MS,
  );
  return served === undefined
    ? { problem: `nobody serves its machines and meters: at the site, run ballast gateway ${siteId}` }
    : { came: `served by ${served.identity}` };
}

import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { isWorkerOf } from "../worker/workerIdentity.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";

/** A worker asks its queue for work at least once a minute: one that lives has asked again by then. */
const ASKS_WITHIN_MS = 65_000;
const LOOK_EVERY_MS = 1_000;
/** A busy server notes a question that long after whoever asked has hung up. */
const NOTED_LATE_MS = 2_000;
/** Temporal's numbers for the two kinds of tasks. */
const TASK_QUEUE_TYPES = [1, 2];

/**
 * A restored or copied database has the same id as its original, and where that still runs, the two would take turns
 * at the workflows of its sites. Workers of this data folder have ended by now, so whoever still asks the book's queue
 * for work was started from another one. One that has not asked again after `withinMs` is gone. @throws Error, with
 * what to do, when another worker serves the site; ServiceError of the client when the server does not answer
 */
export async function refuseOtherWorker(
  client: Client,
  bookId: string,
  dataDir: string,
  withinMs = ASKS_WITHIN_MS,
): Promise<void> {
  const before = await othersAsking(client, bookId, dataDir);
  const untilMs = performance.now() + (before.size === 0 ? 0 : withinMs);
  while (performance.now() < untilMs) {
    await delay(LOOK_EVERY_MS);
    for (const [identity, askedAtMs] of await othersAsking(client, bookId, dataDir)) {
      const known = before.get(identity);
      if (known !== undefined && askedAtMs <= known + NOTED_LATE_MS) continue;
      throw new Error(
        `${bookId} is served by another worker (${identity}, ${new Date(askedAtMs).toISOString()}) in namespace ` +
          `${client.options.namespace} of the Temporal server: end the start of the other data folder first; two ` +
          `would take turns at its workflows and machines`,
      );
    }
  }
}

/** When each worker from elsewhere last asked for work of a book, ms since 1970 by the server's clock. */
async function othersAsking(client: Client, bookId: string, dataDir: string): Promise<Map<string, number>> {
  const asked = new Map<string, number>();
  for (const taskQueueType of TASK_QUEUE_TYPES) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueueOf(bookId) },
      taskQueueType,
    });
    for (const { identity, lastAccessTime } of pollers ?? []) {
      if (!identity || isWorkerOf(identity, bookId, dataDir)) continue;
      const atMs = Number(lastAccessTime?.seconds ?? 0) * 1000 + (lastAccessTime?.nanos ?? 0) / 1_000_000;
      asked.set(identity, Math.max(atMs, asked.get(identity) ?? 0));
    }
  }
  return asked;
}

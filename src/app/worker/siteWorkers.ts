import { type NativeConnection, Worker } from "@temporalio/worker";
import { siteQueueOf } from "../../../workflows/contracts.ts";
import { WORKER_OPTIONS } from "./workerOptions.ts";

export interface SiteWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Of the book. */
  readonly taskQueue: string;
  /** Sites whose machines and meters this process reaches. */
  readonly siteIds: readonly string[];
  readonly activities: object;
  /** The name under which it asks for work. */
  readonly identity?: string;
}

/** Batches of one site side by side, beside the watches of its machines and meters. */
const AT_ONCE = 64;

/**
 * A worker for each site's own queue: commands, read-backs, surveys and meters. Its activities are of this program,
 * whatever build the run that asks for them began on. @throws Error when the server does not answer
 */
export function siteWorkers(options: SiteWorkersOptions): Promise<Worker[]> {
  const { siteIds, taskQueue, ...own } = options;
  const { workflowsPath: _, ...common } = WORKER_OPTIONS;
  return Promise.all(
    siteIds.map((siteId) =>
      Worker.create({
        ...common,
        ...own,
        maxConcurrentActivityTaskExecutions: AT_ONCE,
        taskQueue: siteQueueOf(taskQueue, siteId),
        // a book of a hundred sites asks a hundred queues
        activityTaskPollerBehavior: { type: "autoscaling", minimum: 1, initial: 1, maximum: 8 },
      }),
    ),
  );
}

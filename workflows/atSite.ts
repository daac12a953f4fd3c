import {
  ActivityFailure,
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { siteQueueOf } from "./contracts.ts";
import { ledgerWrite } from "./options.ts";

type Untaken = Parameters<Activities["noteUntaken"]>[0];

const { noteUntaken } = proxyActivities<Activities>(ledgerWrite);

/** Real time: a process that is started again takes what waits well within it. */
const TAKEN_SOON = "1 minute";
/** Whoever comes to the site later takes up at once what waits; each of these only notes anew that nobody has. */
const TAKEN_LATER = "10 minutes";

/**
 * Asks for work at a site's own machines and meters, on the queue of the site. Where nobody takes it within a minute,
 * that is kept as a finding, a paced clock is let go, and it is asked again, until it is taken, or needed no more:
 * `undefined`. @throws what the work throws
 */
export async function atSite<T>(
  asked: Untaken,
  options: ActivityOptions,
  work: (own: ActivityInterfaceFor<Activities>, wasUntaken: boolean) => Promise<T>,
): Promise<T | undefined> {
  const taskQueue = siteQueueOf(workflowInfo().taskQueue, asked.siteId);
  for (let scheduleToStartTimeout = TAKEN_SOON; ; scheduleToStartTimeout = TAKEN_LATER) {
    try {
      const own = proxyActivities<Activities>({ ...options, taskQueue, scheduleToStartTimeout });
      return await work(own, scheduleToStartTimeout === TAKEN_LATER);
    } catch (error) {
      if (!isUntaken(error)) throw error;
    }
    if ((await noteUntaken(asked)).isOver) return undefined;
  }
}

function isUntaken(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === "SCHEDULE_TO_START"
  );
}

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
type Asked = Omit<Untaken, "absence">;

const { noteUntaken } = proxyActivities<Activities>(ledgerWrite);

/** Real time: a process that is started again takes what waits well within it. */
const TAKEN_SOON = "1 minute";
/** Whoever comes to the site later answers at once; each of these only notes anew that nobody has. */
const ANSWERED_LATER = "10 minutes";

/**
 * Asks for work at a site's own machines and meters, on the queue of the site. Where nobody takes it within a minute,
 * that is kept as a finding, a paced clock is let go, and it is asked again once somebody answers there, or needed no
 * more: `undefined`. Work that was taken and left, by a process that died, has its minute again. @throws what the work
 * throws
 */
export async function atSite<T>(
  asked: Asked,
  options: ActivityOptions,
  work: (own: ActivityInterfaceFor<Activities>, wasUntaken: boolean) => Promise<T>,
): Promise<T | undefined> {
  const taskQueue = siteQueueOf(workflowInfo().taskQueue, asked.siteId);
  const own = proxyActivities<Activities>({ ...options, taskQueue, scheduleToStartTimeout: TAKEN_SOON });
  for (let absence = 0; ; absence += 1) {
    const result = await taken(work(own, absence > 0));
    if (result !== UNTAKEN) return result;
    if (await isOver({ ...asked, absence: absence + 1 }, taskQueue)) return undefined;
  }
}

/** Waits until somebody answers at the site: false; or what was asked is needed no more: true. */
async function isOver(untaken: Untaken, taskQueue: string): Promise<boolean> {
  const { answerAtSite } = proxyActivities<Activities>({
    ...ledgerWrite,
    taskQueue,
    scheduleToStartTimeout: ANSWERED_LATER,
  });
  while (true) {
    if ((await noteUntaken(untaken)).isOver) return true;
    if ((await taken(answerAtSite())) !== UNTAKEN) return false;
  }
}

const UNTAKEN = Symbol("nobody took it");

/** What the work comes to, or that nobody took it. @throws what the work throws */
async function taken<T>(work: Promise<T>): Promise<T | typeof UNTAKEN> {
  try {
    return await work;
  } catch (error) {
    if (!isUntaken(error)) throw error;
    return UNTAKEN;
  }
}

function isUntaken(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === "SCHEDULE_TO_START"
  );
}

import { fileURLToPath } from "node:url";
import type { WorkerOptions } from "@temporalio/worker";
import type { Book } from "./book.ts";
import { feedsOfBook } from "./bookFeeds.ts";

/** How every worker process of Ballast works, whatever it is connected to. */
export const WORKER_OPTIONS = {
  workflowsPath: fileURLToPath(new URL("../../../workflows/index.ts", import.meta.url)),
  maxHeartbeatThrottleInterval: "5 seconds",
  // Shorter, a burst of hundreds of sites outlasts it: the server then drops the task and offers it again up to a
  // minute later.
  stickyQueueScheduleToStartTimeout: "10 seconds",
  shutdownGraceTime: "2 seconds",
  shutdownForceTime: "8 seconds",
} satisfies Partial<WorkerOptions>;

/** How much a worker does side by side. */
export type WorkerRoom = Required<Pick<WorkerOptions, "maxCachedWorkflows" | "maxConcurrentActivityTaskExecutions">>;

/** Of short work of whichever site, beside everything that waits. */
const SHORT_WORK = 60;
/** What waits for one site and holds its place: its meters' and its machines' watch, and two responses to a command. */
const WAITS_OF_SITE = 4;
/** Runs of one site: the site's own, its two watches, a dispatch, and what settles and exports it. */
const RUNS_OF_SITE = 6;
/** Runs of one site and its feeds by themselves, with what a burst of dispatches and settlements adds. */
const RUNS_LEAST = 400;

/**
 * Room for every site of a book: an activity that waits for a publication or a meter holds its place for hours, and
 * must not take that of a decision that is to be recorded.
 */
export function workerRoom({ deployments, retired }: Pick<Book, "deployments" | "retired">): WorkerRoom {
  const feeds = feedsOfBook({ deployments, retired }).size;
  return {
    maxConcurrentActivityTaskExecutions: SHORT_WORK + feeds + WAITS_OF_SITE * deployments.length,
    maxCachedWorkflows: Math.max(RUNS_LEAST, feeds + RUNS_OF_SITE * deployments.length),
  };
}

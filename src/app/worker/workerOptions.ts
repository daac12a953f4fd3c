import { fileURLToPath } from "node:url";
import type { WorkerOptions } from "@temporalio/worker";

/** How every worker process of Ballast works, whatever it is connected to. */
export const WORKER_OPTIONS = {
  workflowsPath: fileURLToPath(new URL("../../../workflows/index.ts", import.meta.url)),
  maxCachedWorkflows: 400,
  maxConcurrentActivityTaskExecutions: 60,
  maxHeartbeatThrottleInterval: "5 seconds",
  // Shorter, a burst of hundreds of sites outlasts it: the server then drops the task and offers it again up to a
  // minute later.
  stickyQueueScheduleToStartTimeout: "10 seconds",
  shutdownGraceTime: "2 seconds",
  shutdownForceTime: "8 seconds",
} satisfies Partial<WorkerOptions>;

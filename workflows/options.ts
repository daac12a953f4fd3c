import type { ActivityOptions } from "@temporalio/workflow";
import { FINAL_FAILURES } from "../src/domain/units/failureTypes.ts";

const nonRetryableErrorTypes = [...FINAL_FAILURES];

/** Waits for a publication for hours; the heartbeat finds a dead worker within seconds. */
export const feedWait: ActivityOptions = {
  startToCloseTimeout: "26 hours",
  heartbeatTimeout: "20 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "30 seconds", nonRetryableErrorTypes },
};

/** Short writes to our own database. They are idempotent: retried until they hold. */
export const ledgerWrite: ActivityOptions = {
  startToCloseTimeout: "20 seconds",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "10 seconds", nonRetryableErrorTypes },
};

/**
 * Whose an operator's request is. Bounded: a run ends only when every request is answered, and whoever asked is told.
 */
export const operatorCheck: ActivityOptions = {
  startToCloseTimeout: "10 seconds",
  scheduleToCloseTimeout: "2 minutes",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "5 seconds", nonRetryableErrorTypes },
};

/** One batch of machines: resumes from its heartbeat, reads before it writes. */
export const fleetCommand: ActivityOptions = {
  startToCloseTimeout: "10 minutes",
  heartbeatTimeout: "15 seconds",
  retry: { initialInterval: "500 milliseconds", maximumInterval: "10 seconds", nonRetryableErrorTypes },
};

/** Waits some market seconds for machines and meter to follow. */
export const responseWait: ActivityOptions = {
  startToCloseTimeout: "1 hour",
  heartbeatTimeout: "20 seconds",
  retry: { initialInterval: "500 milliseconds", maximumInterval: "10 seconds", nonRetryableErrorTypes },
};

/** The export of a closed run, while it may still be a passing fault. */
export const exportSoon: ActivityOptions = {
  startToCloseTimeout: "5 minutes",
  retry: { initialInterval: "1 second", maximumInterval: "10 seconds", maximumAttempts: 5, nonRetryableErrorTypes },
};

/** The export of a closed run once somebody was asked to look: until it holds. */
export const exportAtLength: ActivityOptions = {
  startToCloseTimeout: "5 minutes",
  retry: { initialInterval: "10 seconds", maximumInterval: "5 minutes", nonRetryableErrorTypes },
};

/** A day's settlement, a statement: seconds of work, idempotent by business key. */
export const settlementWork: ActivityOptions = {
  startToCloseTimeout: "5 minutes",
  retry: { initialInterval: "1 second", maximumInterval: "1 minute", nonRetryableErrorTypes },
};

import { ApplicationFailure } from "@temporalio/activity";
import { FailureType, type FinalFailure } from "../src/domain/units/failureTypes.ts";

/** A failure that nothing retries: what it says comes out the same however often it is tried. */
export function finalFailure(type: FinalFailure, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/**
 * What this worker's configuration lacks. It is tried again: a worker of another site, or one that has not taken the
 * new configuration yet, must never answer for the one that is meant.
 */
export function notConfigured(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, FailureType.NotConfigured);
}

import { setTimeout as delay } from "node:timers/promises";
import { isGrpcServiceError } from "@temporalio/client";
import { PortUnavailableError } from "../../ports/errors.ts";

/**
 * gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION (nobody polls yet), ABORTED, UNAVAILABLE.
 */
const PASSING_CODES: ReadonlySet<number> = new Set([1, 4, 8, 9, 10, 14]);
const OUTAGE_WITHIN_MS = 120_000;
const PAUSE_MS_MAX = 2_000;

/** Whether an error says that Temporal or the database is away, or has no worker, for now. */
export function isOutage(error: unknown): boolean {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (one instanceof PortUnavailableError) return true;
    if (isGrpcServiceError(one) && PASSING_CODES.has(one.code)) return true;
  }
  return false;
}

/**
 * Do something that may be repeated, again while a server is away. @throws the last error after two minutes, any other
 * at once.
 */
export async function throughOutages<T>(work: () => Promise<T>, withinMs = OUTAGE_WITHIN_MS): Promise<T> {
  const until = Date.now() + withinMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || Date.now() > until) throw error;
    }
    await delay(pauseMs);
  }
}

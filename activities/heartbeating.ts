import { Context } from "@temporalio/activity";

/**
 * Real milliseconds between two signs of life. The server writes each into its database: who waits for hours gives
 * fewer, two within the 20 s after which it is taken for dead.
 */
const HEARTBEAT_EVERY_MS = { work: 4_000, wait: 8_000 } as const;

/**
 * Run long work while telling the server every few real seconds that this worker lives; cancellation aborts the signal,
 * within the time between two signs of life. `kind`: whether it mostly works or mostly waits. @throws as `work` does
 */
export async function heartbeating<T>(
  work: (signal: AbortSignal) => Promise<T>,
  kind: keyof typeof HEARTBEAT_EVERY_MS = "work",
): Promise<T> {
  const activity = Context.current();
  const timer = setInterval(() => activity.heartbeat(), HEARTBEAT_EVERY_MS[kind]);
  try {
    return await work(activity.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

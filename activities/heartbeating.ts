import { cancellationSignal, heartbeat } from "@temporalio/activity";

const HEARTBEAT_EVERY_MS = 4_000;

/**
 * Run long work while telling the server every few real seconds that this worker lives; cancellation aborts the signal.
 */
export async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}

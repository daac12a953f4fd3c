import type { Client } from "@temporalio/client";

/**
 * What `work` gives, or the signal's reason as soon as it ends. The client's own abort ends a call's first attempt
 * only: one that it repeats by itself would be waited for to the server's limit. @throws what `work` throws
 */
export async function endingWith<T>(client: Client, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([client.withAbortSignal(signal, work), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

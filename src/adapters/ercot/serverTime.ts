/** A server's own time, and this machine's just before the question and just after the answer, ms since 1970. */
export interface ServerTime {
  readonly askedMs: number;
  readonly theirsMs: number;
  readonly answeredMs: number;
}

/**
 * Time of a web server by the Date header of its answer, whatever the answer is (RFC 9110 §6.6.1, whole seconds).
 * Undefined when it gives no answer in time or no readable header: its feeds tell that themselves.
 */
export async function webServerTime(baseUrl: string, timeoutMs: number): Promise<ServerTime | undefined> {
  const askedMs = Date.now();
  const request = { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(timeoutMs) } as const;
  const date = await fetch(baseUrl, request).then(
    (response) => response.headers.get("date"),
    () => null,
  );
  const theirsMs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirsMs) ? undefined : { askedMs, theirsMs, answeredMs: Date.now() };
}

import { connect } from "node:net";

// Every section of a machine with all its boards is some kilobytes.
const REPLY_BYTES_MAX = 262_144;

/**
 * Why there is no reply. `sent` is false as long as the request cannot have reached the other side: then nothing
 * happened there; otherwise what happened is unknown.
 */
export class NoReplyError extends Error {
  override name = "NoReplyError";
  readonly reason: "unreachable" | "timeout" | "closed" | "too-long";
  readonly sent: boolean;

  constructor(reason: NoReplyError["reason"], sent: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.sent = sent;
  }
}

/**
 * One request, one reply, one connection: the manner of every cgminer descendant. The reply ends at a NUL byte or when
 * the other side closes, whichever is first; the connection is destroyed then, without waiting for a close that some
 * firmware never does. `timeoutMs` bounds the whole exchange, connecting included, in real time.
 * @throws NoReplyError when nothing usable came; the reason of `signal` when it aborts (the socket is closed at once).
 */
export function exchangeOnce(
  host: string,
  port: number,
  request: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const address = `${host}:${port}`;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let sent = false;
    const socket = connect({ host, port, noDelay: true });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      act();
    };
    const fail = (reason: NoReplyError["reason"], message: string, cause?: unknown) =>
      settle(() => reject(new NoReplyError(reason, sent, `${address}: ${message}`, { cause })));
    const onAbort = () => settle(() => reject(signal.reason));
    const timer = setTimeout(() => fail("timeout", `no reply within ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    const finish = () => {
      if (bytes === 0) fail("closed", "closed the connection without a reply");
      else settle(() => resolve(Buffer.concat(chunks).toString("utf8")));
    };
    socket.once("connect", () => {
      sent = true;
      socket.write(request);
    });
    socket.on("data", (chunk: Buffer) => {
      const end = chunk.indexOf(0);
      const part = end < 0 ? chunk : chunk.subarray(0, end);
      chunks.push(part);
      bytes += part.length;
      if (bytes > REPLY_BYTES_MAX) fail("too-long", `reply of more than ${REPLY_BYTES_MAX} bytes`);
      else if (end >= 0) finish();
    });
    socket.on("end", finish);
    socket.on("error", (error) => fail(sent ? "closed" : "unreachable", error.message, error));
  });
}

import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { cleanText } from "../../domain/units/foreignText.ts";
import { parseInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortConflictError, PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";

const RETRY_AFTER_MS = [50, 200, 500, 1000, 2000];
const WORKING_MS = 5_000;

export interface PacedClockOptions {
  /** Where the clock's keeper listens, e.g. `http://127.0.0.1:7444`. */
  readonly url: string;
  /** Pauses before each new attempt after a lost connection; real milliseconds. */
  readonly retryAfterMs?: readonly number[];
}

/**
 * Client of a paced market clock over HTTP. A wait has no timeout; a lost connection waits again under the same key,
 * which the keeper takes as the same wait. Rejects with PortUnavailableError when the clock stays away,
 * PortConflictError when another wait took the key over, PortDataError on an answer that is none, and with the signal's
 * reason on abort.
 */
export function pacedMarketClock(options: PacedClockOptions): MarketClock & { close(): void } {
  const { url, retryAfterMs = RETRY_AFTER_MS } = options;
  const agent = new Agent({ keepAlive: true });

  async function call(method: "GET" | "POST", path: string, body?: object, signal?: AbortSignal): Promise<Instant> {
    for (let failures = 0; ;) {
      signal?.throwIfAborted();
      const sentAt = performance.now();
      try {
        return nowOf(await exchange(agent, method, new URL(path, url), body, signal), `${method} ${url}${path}`);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof PortConflictError || error instanceof PortDataError) throw error;
        // A wait that had lasted was a working clock: count its failures afresh.
        if (performance.now() - sentAt > WORKING_MS) failures = 0;
        const pauseMs = retryAfterMs[failures];
        failures += 1;
        if (pauseMs === undefined) {
          throw new PortUnavailableError(
            `market clock: ${method} ${url}${path} failed ${failures} times, last: ${String(error)}; is the ` +
              `simulator process running?`,
            { cause: error },
          );
        }
        await delay(pauseMs);
      }
    }
  }

  return {
    now: () => call("GET", "/clock"),
    waitUntil: (key, until, signal, siteIds) => call("POST", "/clock/wait", { key, until, siteIds }, signal),
    hold: async (key) => void (await call("POST", "/clock/hold", { key })),
    release: async (key) => void (await call("POST", "/clock/release", { key })),
    close: () => agent.destroy(),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function exchange(
  agent: Agent,
  method: string,
  url: URL,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const sent = request(url, { method, agent, headers, signal }, (response) => {
      let received = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (received += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? NaN, text: received }));
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

function nowOf({ status, text }: Answer, what: string): Instant {
  if (status === 409) throw new PortConflictError(`market clock: ${what}: ${cleanText(text, 200)}`);
  if (status >= 500) throw new Error(`HTTP ${status}: ${cleanText(text, 200)}`);
  if (status !== 200) throw new PortDataError(`market clock: ${what} answered HTTP ${status}: ${cleanText(text, 200)}`);
  try {
    return parseInstant((JSON.parse(text) as { now: string }).now);
  } catch (error) {
    throw new PortDataError(
      `market clock: ${what} answered ${JSON.stringify(cleanText(text, 200))}, expected {"now": ` +
        `"2026-08-18T22:05:11.000Z"}`,
      { cause: error },
    );
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { cleanText } from "../../domain/units/foreignText.ts";
import { parseInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortConflictError, PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { type ClockAnswer, clockLink } from "./clockLink.ts";

const RETRY_AFTER_MS = [50, 200, 500, 1000, 2000];
const WORKING_MS = 5_000;

export interface PacedClockOptions {
  /** Where the clock's keeper listens, e.g. `http://127.0.0.1:7444`. */
  readonly url: string;
  /** Pauses before each new attempt after a lost connection; real milliseconds. */
  readonly retryAfterMs?: readonly number[];
}

/**
 * Client of a paced market clock over one connection. A wait has no timeout; a lost connection waits again under the
 * same key, which the keeper takes as the same wait. Rejects with PortUnavailableError when the clock stays away,
 * PortConflictError when another wait took the key over, PortDataError on an answer that is none, and with the signal's
 * reason on abort.
 */
export function pacedMarketClock(options: PacedClockOptions): MarketClock & { close(): void } {
  const { url, retryAfterMs = RETRY_AFTER_MS } = options;
  const link = clockLink(url);

  async function call(ask: string, question?: object, signal?: AbortSignal): Promise<Instant> {
    for (let failures = 0; ;) {
      signal?.throwIfAborted();
      const sentAt = performance.now();
      try {
        return nowOf(await link.ask({ ask, ...question }, signal), `${ask} at ${url}`);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof PortConflictError || error instanceof PortDataError) throw error;
        // A wait that had lasted was a working clock: count its failures afresh.
        if (performance.now() - sentAt > WORKING_MS) failures = 0;
        const pauseMs = retryAfterMs[failures];
        failures += 1;
        if (pauseMs === undefined) {
          throw new PortUnavailableError(
            `market clock: ${ask} at ${url} failed ${failures} times, last: ${String(error)}; is the simulator ` +
              `process running?`,
            { cause: error },
          );
        }
        await delay(pauseMs);
      }
    }
  }

  return {
    now: () => call("now"),
    waitUntil: (key, until, signal, siteIds) => call("wait", { key, until, siteIds }, signal),
    hold: async (key) => void (await call("hold", { key })),
    release: async (key) => void (await call("release", { key })),
    close: () => link.close(),
  };
}

function nowOf({ status, now, error }: ClockAnswer, what: string): Instant {
  const said = (): string => cleanText(String(error), 200);
  if (status === 409) throw new PortConflictError(`market clock: ${what}: ${said()}`);
  if (status >= 500) throw new Error(`status ${status}: ${said()}`);
  if (status !== 200) throw new PortDataError(`market clock: ${what} answered status ${status}: ${said()}`);
  try {
    return parseInstant(now as string);
  } catch (cause) {
    throw new PortDataError(
      `market clock: ${what} answered ${cleanText(String(now), 200)}, expected an instant like ` +
        `2026-08-18T22:05:11.000Z`,
      { cause },
    );
  }
}

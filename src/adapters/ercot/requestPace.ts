import { PortUnavailableError } from "../../ports/errors.ts";

// ERCOT allows 30 a minute for a subscription; the rest is for a person who looks something up.
const REQUESTS_PER_MINUTE_MAX = 25;
const MINUTE_MS = 60_000;
const PAUSE_MS_MIN = 2_000;
const PAUSE_MS_MAX = 60_000;

/** What a pace is measured by: a clock that never goes back, and chance, 0 up to 1. */
export interface Pacing {
  nowMs(): number;
  chance(): number;
}

/** The real clock of this process. */
export const REAL_PACING: Pacing = { nowMs: () => performance.now(), chance: () => Math.random() };

/**
 * How often a process asks the Public API: at most 25 requests in any minute, and none in the pause that it makes after
 * each 429: 2 s, doubled each time up to 60 s, and up to half as much again by chance. Nobody is kept waiting: whoever
 * comes too early is told when to come back.
 */
export class RequestPace {
  readonly #pacing: Pacing;
  #asked: number[] = [];
  #refusals = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(pacing: Pacing = REAL_PACING) {
    this.#pacing = pacing;
  }

  /** Counts a request. @throws PortUnavailableError with `retryAfterSeconds` when it is too early for one. */
  take(what: string): void {
    const nowMs = this.#pacing.nowMs();
    this.#asked = this.#asked.filter((atMs) => atMs > nowMs - MINUTE_MS);
    const [oldest] = this.#asked;
    const fullUntilMs =
      this.#asked.length < REQUESTS_PER_MINUTE_MAX || oldest === undefined ? nowMs : oldest + MINUTE_MS;
    const untilMs = Math.max(fullUntilMs, this.#notBeforeMs);
    if (untilMs > nowMs)
      throw waitFor(`${what}: not asked, to keep to ${REQUESTS_PER_MINUTE_MAX} requests a minute`, untilMs - nowMs);
    this.#asked.push(nowMs);
  }

  /** The API has answered as it should: the next pause begins at the shortest again. */
  answered(): void {
    this.#refusals = 0;
  }

  /** The API has refused with 429: nobody asks in the pause. The error to throw. */
  refused(what: string): PortUnavailableError {
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** this.#refusals);
    this.#refusals += 1;
    return this.pause(`${what}: status 429, too many requests`, pauseMs * (1 + this.#pacing.chance() / 2));
  }

  /** Nobody asks for so long, real milliseconds. The error to throw. */
  pause(what: string, pauseMs: number): PortUnavailableError {
    const forMs = Math.min(pauseMs, 10 * PAUSE_MS_MAX);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#pacing.nowMs() + forMs);
    return waitFor(what, forMs);
  }
}

function waitFor(what: string, forMs: number): PortUnavailableError {
  const seconds = Math.max(1, Math.ceil(forMs / 1_000));
  const error = new PortUnavailableError(`${what}; try again in ${seconds} s`);
  error.retryAfterSeconds = seconds;
  return error;
}

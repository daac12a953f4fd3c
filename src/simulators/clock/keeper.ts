import type { SimClock } from "../model.ts";

export interface ClockKeeperOptions {
  /** Market milliseconds since 1970 at which the clock starts. */
  readonly startMs: number;
  /** Market seconds per real second, > 0; `Infinity` jumps from waiter to waiter. */
  readonly speed: number;
  /** Other speeds first, ascending: each one holds until market time `untilMs`, then the next, at last `speed`. */
  readonly paces?: readonly { readonly untilMs: number; readonly speed: number }[];
  /** Held from the first moment, so that nobody runs ahead while the others are still starting. */
  readonly initialHolds?: readonly string[];
}

export interface ClockStatus {
  readonly nowMs: number;
  readonly holds: readonly string[];
  readonly waiters: readonly { readonly key: string; readonly untilMs: number }[];
}

/**
 * The paced market clock. Market time passes only while nobody holds it and somebody waits. When it reaches the least
 * waiter by (untilMs, key) it takes hold `key` for that one and wakes it; the next is woken when every hold is released
 * again, even if due at the same instant. So the order of events depends on market time and keys, never on how fast
 * anybody works. Those due next to each other whose waits are about different sites are woken together: nothing that
 * one of them does is seen by another.
 */
export interface ClockKeeper extends SimClock {
  hold(key: string): void;
  /** Idempotent. */
  release(key: string): void;
  /**
   * Market time at the wake: `untilMs`, or the time now when that is past. Releases what `key` held once the wait is
   * registered. `siteIds`: whom alone the wake is about; without, it is woken by itself.
   * @throws (rejects) WaitEndedError when replaced by another wait of the same key, cancelled, aborted by `signal`, or
   * closed.
   */
  waitUntil(key: string, untilMs: number, signal?: AbortSignal, siteIds?: readonly string[]): Promise<number>;
  cancelWait(key: string): void;
  status(): ClockStatus;
  /** Replaces the speed and whatever is left of `paces`. @throws RangeError when not > 0. */
  setSpeed(speed: number): void;
  /** The clock goes no further than this; waiters beyond it stay. */
  stopAt(untilMs: number): void;
  /** Ends every wait; the clock stands for good. */
  close(): void;
}

/** A wait that ended without its instant. */
export class WaitEndedError extends Error {
  override name = "WaitEndedError";
  readonly how: "replaced" | "cancelled" | "closed";
  constructor(how: "replaced" | "cancelled" | "closed", key: string) {
    super(`market clock: the wait of "${key}" was ${how}`);
    this.how = how;
  }
}

interface Waiter {
  readonly key: string;
  readonly untilMs: number;
  readonly siteIds: readonly string[] | undefined;
  readonly wake: (nowMs: number) => void;
  readonly end: (error: WaitEndedError) => void;
}

const TIMER_MS_MAX = 3_600_000;

/**
 * A paced clock in this process. Speeds and instants as in `ClockKeeperOptions`. @throws RangeError on an unusable
 * option.
 */
export function createClockKeeper(options: ClockKeeperOptions): ClockKeeper {
  let baseMs = wholeMs("startMs", options.startMs);
  let paces = [...(options.paces ?? [])];
  let lastSpeed = usableSpeed(options.speed);
  paces.forEach((pace, i) => {
    usableSpeed(pace.speed);
    if (wholeMs("paces.untilMs", pace.untilMs) <= (paces[i - 1]?.untilMs ?? baseMs)) {
      throw new RangeError(`market clock: paces must ascend after startMs, entry ${i} ends at ${pace.untilMs}`);
    }
  });
  let limitMs = Infinity;
  let closed = false;
  const holds = new Set(options.initialHolds ?? []);
  const waiters = new Map<string, Waiter>();
  /** Real instant and market target of the stretch under way; absent while the clock stands. */
  let running: { sinceRealMs: number; toMs: number; speed: number; stop: () => void } | undefined;

  function nowMs(): number {
    if (!running) return baseMs;
    const passedMs =
      running.speed === Infinity ? 0 : Math.floor((performance.now() - running.sinceRealMs) * running.speed);
    return Math.min(running.toMs, baseMs + passedMs);
  }

  function stand(): void {
    baseMs = nowMs();
    running?.stop();
    running = undefined;
  }

  function proceed(): void {
    stand();
    if (closed || holds.size > 0) return;
    const next = leastWaiter(waiters.values());
    if (!next) return;
    if (next.untilMs <= baseMs) return wake(dueTogether([...waiters.values()], baseMs));
    while (paces[0] && paces[0].untilMs <= baseMs) paces.shift();
    const toMs = Math.min(next.untilMs, limitMs, paces[0]?.untilMs ?? Infinity);
    if (toMs <= baseMs) return;
    const speed = paces[0]?.speed ?? lastSpeed;
    const realMs = (toMs - baseMs) / speed;
    const sinceRealMs = performance.now();
    running = { sinceRealMs, toMs, speed, stop: after(realMs, () => arrive(toMs, sinceRealMs + realMs)) };
  }

  function arrive(toMs: number, dueRealMs: number): void {
    // A capped timer fires before its target: go on from where the clock is.
    if (performance.now() >= dueRealMs - 1) {
      running = undefined;
      baseMs = toMs;
    }
    proceed();
  }

  function wake(due: readonly Waiter[]): void {
    for (const { key } of due) {
      waiters.delete(key);
      holds.add(key);
    }
    for (const waiter of due) waiter.wake(baseMs);
  }

  function end(waiter: Waiter, how: WaitEndedError["how"]): void {
    if (waiters.get(waiter.key) === waiter) waiters.delete(waiter.key);
    waiter.end(new WaitEndedError(how, waiter.key));
    proceed();
  }

  function waitUntil(key: string, untilMs: number, signal?: AbortSignal, siteIds?: readonly string[]): Promise<number> {
    wholeMs("untilMs", untilMs);
    return new Promise((resolve, reject) => {
      const abort = () => end(waiter, "cancelled");
      const settled = () => signal?.removeEventListener("abort", abort);
      const waiter: Waiter = {
        key,
        untilMs,
        siteIds,
        wake: (ms) => (settled(), resolve(ms)),
        end: (error) => (settled(), reject(error)),
      };
      if (closed || signal?.aborted) return waiter.end(new WaitEndedError(closed ? "closed" : "cancelled", key));
      signal?.addEventListener("abort", abort, { once: true });
      const previous = waiters.get(key);
      waiters.set(key, waiter);
      holds.delete(key);
      previous?.end(new WaitEndedError("replaced", key));
      proceed();
    });
  }

  return {
    nowMs,
    waitUntil,
    hold(key) {
      stand();
      holds.add(key);
    },
    release(key) {
      if (holds.delete(key)) proceed();
    },
    cancelWait(key) {
      const waiter = waiters.get(key);
      if (waiter) end(waiter, "cancelled");
    },
    status: () => ({
      nowMs: nowMs(),
      holds: [...holds].sort(),
      waiters: [...waiters.values()].sort(byInstantThenKey).map(({ key, untilMs }) => ({ key, untilMs })),
    }),
    setSpeed(speed) {
      lastSpeed = usableSpeed(speed);
      paces = [];
      proceed();
    },
    stopAt(untilMs) {
      limitMs = wholeMs("stopAt", untilMs);
      proceed();
    },
    close() {
      stand();
      closed = true;
      for (const waiter of waiters.values()) end(waiter, "closed");
    },
  };
}

function byInstantThenKey(a: Waiter, b: Waiter): number {
  return a.untilMs - b.untilMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Of those that are due, the least, and those right behind it that are about none of the sites before them. */
function dueTogether(waiting: readonly Waiter[], nowMs: number): Waiter[] {
  const due = waiting.filter(({ untilMs }) => untilMs <= nowMs).sort(byInstantThenKey);
  const about = new Set<string>();
  const other = due.findIndex(({ siteIds }) => {
    if (siteIds === undefined || siteIds.some((siteId) => about.has(siteId))) return true;
    for (const siteId of siteIds) about.add(siteId);
    return false;
  });
  return due.slice(0, other < 0 ? due.length : Math.max(other, 1));
}

function leastWaiter(waiters: Iterable<Waiter>): Waiter | undefined {
  let least: Waiter | undefined;
  for (const waiter of waiters) if (!least || byInstantThenKey(waiter, least) < 0) least = waiter;
  return least;
}

/** Timers below a millisecond would round up to one and slow a fast clock. */
function after(realMs: number, then: () => void): () => void {
  if (realMs < 1) {
    const immediate = setImmediate(then);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(then, Math.min(realMs, TIMER_MS_MAX));
  return () => clearTimeout(timer);
}

function wholeMs(name: string, ms: number): number {
  if (!Number.isSafeInteger(ms))
    throw new RangeError(`market clock: ${name} must be whole milliseconds since 1970, got ${ms}`);
  return ms;
}

function usableSpeed(speed: number): number {
  if (!(speed > 0))
    throw new RangeError(`market clock: speed must be market seconds per real second above 0, got ${speed}`);
  return speed;
}

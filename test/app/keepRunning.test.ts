import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GuardedChild } from "../../src/app/stack/children.ts";
import { keepRunning, restartsOf } from "../../src/app/stack/keepRunning.ts";

const MINUTE_MS = 60_000;

/** A child whose process ends when the test says so. */
function childOf(pid: number): { child: GuardedChild; end(): void } {
  let ended: string | undefined;
  const exited = Promise.withResolvers<number>();
  const end = (how: string | undefined, code: number) => {
    ended = how;
    exited.resolve(code);
  };
  return {
    end: () => end("worker ended with exit code 1.", 1),
    child: {
      name: "worker",
      pid,
      logFile: "worker.log",
      readiness: Promise.resolve(),
      exited: exited.promise,
      unexpectedEnd: () => ended,
      stop: async () => end(undefined, 0),
    },
  };
}

/** Kept running by the rule of a site, against a server that is away until the fault is over. */
function underFault(faultMs: number) {
  const first = childOf(1);
  const heard: string[] = [];
  const triedAtS: number[] = [];
  const began = Date.now();
  let newest = first;
  const kept = keepRunning(
    first.child,
    {
      launch: async () => {
        triedAtS.push(Math.round((Date.now() - began) / 1000));
        newest = childOf(triedAtS.length + 1);
        return newest.child;
      },
      ready: async () => {
        if (Date.now() - began < faultMs) throw new Error("the server does not answer");
      },
    },
    (line) => heard.push(line),
    restartsOf(true),
  );
  first.end();
  return { kept, heard, triedAtS, newest: () => newest };
}

describe("a child of a site whose server is away", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("for five minutes is back within half a minute of the server's return", async () => {
    const { kept, heard } = underFault(5 * MINUTE_MS);
    await vi.advanceTimersByTimeAsync(5.5 * MINUTE_MS);
    expect(kept.unexpectedEnd()).toBeUndefined();
    expect(heard.at(-1)).toMatch(/^worker is back \(process \d+\)$/);
  });

  it("is asked for at once and then ever more seldom, at most every half minute", async () => {
    const { triedAtS } = underFault(3 * MINUTE_MS);
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(triedAtS).toEqual([0, 1, 1, 3, 6, 13, 25, 51, 81, 111]);
  });

  it("and comes back, then runs for a minute: its next end is a new fault, tried again at once", async () => {
    const { triedAtS, newest } = underFault(40_000);
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS);
    expect(triedAtS.at(-1)).toBe(51);
    newest().end();
    await vi.advanceTimersByTimeAsync(1000);
    expect(triedAtS.at(-1)).toBe(180);
  });

  it("for longer than half an hour is given up, and the end says how long it was tried", async () => {
    const { kept } = underFault(60 * MINUTE_MS);
    await vi.advanceTimersByTimeAsync(31 * MINUTE_MS);
    expect(kept.unexpectedEnd()).toMatch(
      /^worker did not come back: the server does not answer\nworker was started again \d+ times within 30 min and is given up\.$/,
    );
    expect(await kept.exited).toBe(1);
  });
});

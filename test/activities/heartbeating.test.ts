import { asyncLocalStorage, Context } from "@temporalio/activity";
import { noopMetricMeter } from "@temporalio/common";
import { afterEach, expect, it, vi } from "vitest";
import { heartbeating } from "../../activities/heartbeating.ts";

afterEach(() => void vi.useRealTimers());

/** The 20 s after which the server takes a worker for dead. */
const TAKEN_FOR_DEAD_MS = 20_000;

it.each([
  ["a batch of commands", undefined, [4, 8, 12, 16, 20]],
  ["a wait of hours", "wait", [8, 16]],
] as const)("%s shows that it lives at least twice before it is taken for dead", async (_, kind, expected) => {
  vi.useFakeTimers();
  const done = Promise.withResolvers<string>();
  const [seconds, startMs] = [[] as number[], Date.now()];
  const running = inActivity(
    () => void seconds.push((Date.now() - startMs) / 1000),
    () => heartbeating(() => done.promise, kind),
  );
  await vi.advanceTimersByTimeAsync(TAKEN_FOR_DEAD_MS);
  done.resolve("published");
  expect(await running).toBe("published");
  expect(seconds).toEqual(expected);
  await vi.advanceTimersByTimeAsync(TAKEN_FOR_DEAD_MS);
  expect(seconds).toEqual(expected);
});

/** Runs an activity's function as a worker would: inside an activity context. */
function inActivity<T>(onHeartbeat: () => void, work: () => Promise<T>): Promise<T> {
  const { signal } = new AbortController();
  const quiet = { log: () => {}, trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const never = new Promise<never>(() => {});
  const context = new Context({} as never, never, signal, onHeartbeat, undefined, quiet, noopMetricMeter, {});
  return asyncLocalStorage.run(context, work);
}

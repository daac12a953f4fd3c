import fc from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createClockKeeper } from "../../../src/simulators/clock/keeper.ts";
import type { ClockKeeper, ClockKeeperOptions } from "../../../src/simulators/clock/keeper.ts";

const START = Date.parse("2026-08-18T21:00:00Z");
const MINUTE = 60_000;
const open: ClockKeeper[] = [];
afterEach(() => open.splice(0).forEach((clock) => clock.close()));

function keeper(options: Partial<ClockKeeperOptions> = {}): ClockKeeper {
  const clock = createClockKeeper({ startMs: START, speed: Infinity, ...options });
  open.push(clock);
  return clock;
}

/** An actor waits for each of its steps, notes when it woke, and works for a while in real time. */
interface Actor {
  readonly key: string;
  readonly siteIds?: readonly string[];
  readonly steps: readonly { readonly minutes: number; readonly workMs: number }[];
}

/** What the actors saw, in the order in which they saw it: `<key> +<market minutes>`. */
async function run(actors: readonly Actor[], speed: number): Promise<string[]> {
  const clock = keeper({ speed, initialHolds: actors.map(({ key }) => key) });
  const log: string[] = [];
  const play = async ({ key, steps, siteIds }: Actor) => {
    let untilMs = START;
    for (const { minutes, workMs } of steps) {
      untilMs += minutes * MINUTE;
      const wokenMs = await clock.waitUntil(key, untilMs, undefined, siteIds);
      log.push(`${key} +${(wokenMs - START) / MINUTE}`);
      await delay(workMs);
      log.push(`${key} done +${(clock.nowMs() - START) / MINUTE}`);
    }
    clock.release(key);
  };
  await Promise.all(actors.map(play));
  clock.close();
  return log;
}

describe("paced clock", () => {
  it("a slow and a fast actor wake in the same order at every speed", async () => {
    const actors = (slowMs: number, fastMs: number): Actor[] => [
      { key: "feed", steps: [5, 5, 5].map((minutes) => ({ minutes, workMs: slowMs })) },
      { key: "site", steps: [4, 4, 4].map((minutes) => ({ minutes, workMs: fastMs })) },
    ];
    const expected = [
      "site +4",
      "site done +4",
      "feed +5",
      "feed done +5",
      "site +8",
      "site done +8",
      "feed +10",
      "feed done +10",
      "site +12",
      "site done +12",
      "feed +15",
      "feed done +15",
    ];
    expect(await run(actors(8, 0), 60_000)).toEqual(expected);
    expect(await run(actors(0, 8), 20_000)).toEqual(expected);
    expect(await run(actors(3, 3), Infinity)).toEqual(expected);
  });

  it("two waiters of the same instant are woken one after the other, by key", async () => {
    const same = (key: string): Actor => ({ key, steps: [{ minutes: 5, workMs: 2 }] });
    expect(await run([same("b"), same("c"), same("a")], Infinity)).toEqual([
      "a +5",
      "a done +5",
      "b +5",
      "b done +5",
      "c +5",
      "c done +5",
    ]);
  });

  it("feeds of two sites that are due at one instant are read side by side, what is about both sites by itself", async () => {
    const clock = keeper({ initialHolds: ["boot"] });
    const due = START + 5 * MINUTE;
    const woken: string[] = [];
    const wait = (key: string, siteIds?: readonly string[]): Promise<unknown> =>
      clock.waitUntil(key, due, undefined, siteIds).then(() => woken.push(key));
    const hub = wait("feed/1-hub", ["pecan"]);
    const zone = wait("feed/2-zone", ["salt"]);
    const registers = wait("feed/3-registers", ["pecan"]);
    const grid = wait("feed/4-grid", ["pecan", "salt"]);
    const script = wait("script");
    clock.release("boot");
    await Promise.all([hub, zone]);
    expect(clock.status().holds).toEqual(["feed/1-hub", "feed/2-zone"]);
    clock.release("feed/1-hub");
    await delay(5);
    // The register reading of the same site waits until both are done: what one instant holds has one order at a site.
    expect(clock.status().holds).toEqual(["feed/2-zone"]);
    clock.release("feed/2-zone");
    await registers;
    expect(clock.status().holds).toEqual(["feed/3-registers"]);
    clock.release("feed/3-registers");
    await grid;
    expect(clock.status().holds).toEqual(["feed/4-grid"]);
    clock.release("feed/4-grid");
    await script;
    expect(woken).toEqual(["feed/1-hub", "feed/2-zone", "feed/3-registers", "feed/4-grid", "script"]);
    expect(clock.nowMs()).toBe(due);
  });

  it("stands while anybody holds it", async () => {
    const clock = keeper({ speed: 1_000_000, initialHolds: ["decision"] });
    let woken = false;
    const wait = clock.waitUntil("feed", START + MINUTE).then(() => (woken = true));
    await delay(20);
    expect([woken, clock.nowMs()]).toEqual([false, START]);
    clock.hold("command");
    clock.release("decision");
    await delay(20);
    expect([woken, clock.nowMs()]).toEqual([false, START]);
    clock.release("command");
    await wait;
    expect(clock.status()).toEqual({ nowMs: START + MINUTE, holds: ["feed"], waiters: [] });
  });

  it("stands when nobody waits", async () => {
    const clock = keeper({ speed: 1_000_000 });
    await delay(10);
    expect(clock.nowMs()).toBe(START);
  });

  it("moves smoothly between waiters at a finite speed, and freezes on a hold", async () => {
    const clock = keeper({ speed: 1000 });
    clock.waitUntil("feed", START + 60 * MINUTE).catch(() => {});
    await delay(30);
    clock.hold("operator");
    const frozen = clock.nowMs();
    expect(frozen).toBeGreaterThan(START + 15_000);
    expect(frozen).toBeLessThan(START + 30 * MINUTE);
    await delay(10);
    expect(clock.nowMs()).toBe(frozen);
  });

  it("a wait in the past fires now and never moves time back", async () => {
    const clock = keeper();
    await clock.waitUntil("site", START + 10 * MINUTE);
    expect(await clock.waitUntil("site", START + MINUTE)).toBe(START + 10 * MINUTE);
  });

  it("a second wait of the same key replaces the first", async () => {
    const clock = keeper({ initialHolds: ["boot"] });
    const first = clock.waitUntil("site", START + MINUTE);
    const second = clock.waitUntil("site", START + 2 * MINUTE);
    await expect(first).rejects.toThrow('wait of "site" was replaced');
    clock.release("boot");
    expect(await second).toBe(START + 2 * MINUTE);
  });

  it("an aborted wait leaves the others to go on", async () => {
    const clock = keeper({ initialHolds: ["boot"] });
    const abort = new AbortController();
    const dead = clock.waitUntil("dead", START + MINUTE, abort.signal);
    const alive = clock.waitUntil("alive", START + 2 * MINUTE);
    abort.abort();
    clock.release("boot");
    await expect(dead).rejects.toThrow("cancelled");
    expect(await alive).toBe(START + 2 * MINUTE);
  });

  it("goes through its paces: fast until one instant, slower after it", async () => {
    const clock = keeper({ speed: 200, paces: [{ untilMs: START + 120 * MINUTE, speed: 10_000_000 }] });
    const began = performance.now();
    await clock.waitUntil("site", START + 120 * MINUTE);
    const fastMs = performance.now() - began;
    await clock.waitUntil("site", START + 120 * MINUTE + 10_000);
    const slowMs = performance.now() - began - fastMs;
    // 10 market seconds at 200 a second are 50 ms; 2 market hours less than one at ten million a second, 36 s at 200.
    expect(slowMs).toBeGreaterThan(45);
    expect(fastMs).toBeLessThan(10_000);
  });

  it("goes no further than stopAt", async () => {
    const clock = keeper({ initialHolds: ["boot"] });
    clock.stopAt(START + 5 * MINUTE);
    let late = false;
    clock.waitUntil("late", START + 6 * MINUTE).then(
      () => (late = true),
      () => {},
    );
    const early = clock.waitUntil("early", START + 4 * MINUTE);
    clock.release("boot");
    await early;
    clock.release("early");
    await delay(10);
    expect([late, clock.nowMs()]).toEqual([false, START + 5 * MINUTE]);
  });

  it("refuses a speed that is none", () => {
    for (const speed of [0, -1, NaN])
      expect(() => createClockKeeper({ startMs: START, speed })).toThrow("speed must be");
  });

  it("any script of actors gives the same log at 50,000, 5,000,000 and unlimited speed, whatever their real delays", async () => {
    const keys = ["feed", "meter", "site", "watch"];
    const script = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }), {
      minLength: 2,
      maxLength: 4,
    });
    const works = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 60, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(script, works, async (minutes, workMs) => {
        const actors = (offset: number): Actor[] =>
          minutes.map((steps, a) => ({
            key: keys[a] ?? "",
            steps: steps.map((minute, s) => ({
              minutes: minute,
              workMs: workMs[(offset + a * 7 + s) % workMs.length] ?? 0,
            })),
          }));
        const fastest = await run(actors(0), Infinity);
        expect(await run(actors(13), 5_000_000)).toEqual(fastest);
        expect(await run(actors(29), 50_000)).toEqual(fastest);
      }),
      { numRuns: 12 },
    );
  });

  it("each site sees its events in the order in which they come when nobody is woken together", async () => {
    const about = [["pecan"], ["salt"], ["pecan"], ["pecan", "salt"], ["mesa"], undefined];
    const script = fc.array(fc.array(fc.constantFrom(0, 5, 10), { minLength: 1, maxLength: 4 }), {
      minLength: 3,
      maxLength: 6,
    });
    const works = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 30, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(script, works, async (minutes, workMs) => {
        const actors = minutes.map((steps, a): Actor & { readonly siteIds: readonly string[] | undefined } => ({
          key: `${a}`,
          siteIds: about[a],
          steps: steps.map((minute, s) => ({ minutes: minute, workMs: workMs[(a * 7 + s) % workMs.length] ?? 0 })),
        }));
        const seenBy = (siteId: string, log: readonly string[]): string[] =>
          log.filter((line) => about[Number(line[0])]?.includes(siteId) ?? true);
        const oneByOne = await run(
          actors.map(({ key, steps }) => ({ key, steps })),
          Infinity,
        );
        const together = await run(actors, Infinity);
        for (const siteId of ["pecan", "salt", "mesa"])
          expect(seenBy(siteId, together)).toEqual(seenBy(siteId, oneByOne));
      }),
      { numRuns: 25 },
    );
  });
});

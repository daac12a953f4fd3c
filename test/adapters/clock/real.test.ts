import { describe, expect, it, vi } from "vitest";
import { realMarketClock } from "../../../src/adapters/clock/real.ts";
import { instantFromMs, msOfInstant } from "../../../src/domain/units/instant.ts";

const clock = realMarketClock();

describe("real market clock", () => {
  it("wakes at or after the instant asked for, never before", async () => {
    const untilMs = Date.now() + 30;
    expect(msOfInstant(await clock.waitUntil("site", instantFromMs(untilMs)))).toBeGreaterThanOrEqual(untilMs);
  });

  it("answers at once when the instant is past", async () => {
    const before = Date.now();
    await clock.waitUntil("site", instantFromMs(before - 60_000));
    expect(Date.now() - before).toBeLessThan(1000);
  });

  it("a run set two hours ahead lives by market time: now is 2 h later, a wait for then + 30 ms takes 30 ms", async () => {
    const hoursMs = 2 * 3_600_000;
    const ahead = realMarketClock({ kind: "real", offsetMs: hoursMs });
    const before = Date.now();
    const nowMs = msOfInstant(await ahead.now());
    expect(nowMs - hoursMs).toBeGreaterThanOrEqual(before);
    expect(nowMs - hoursMs).toBeLessThanOrEqual(Date.now());
    const at = msOfInstant(await ahead.waitUntil("site", instantFromMs(nowMs + 30)));
    expect(at).toBeGreaterThanOrEqual(nowMs + 30);
    expect(Date.now() - before).toBeLessThan(1000);
  });

  it("a clock set back by six hours ends the wait with an error instead of six more hours of waiting", async () => {
    const watched = realMarketClock({ kind: "real" }, { lookEveryMs: 5 });
    const wait = watched.waitUntil("feed", instantFromMs(Date.now() + 600_000));
    const ahead = Date.now.bind(Date);
    const set = vi.spyOn(Date, "now").mockImplementation(() => ahead() - 6 * 3_600_000);
    try {
      await expect(wait).rejects.toThrow(/^market clock: set back by 2160[01] s while waiting for /);
    } finally {
      set.mockRestore();
    }
  });

  it("a machine that slept for an hour, or whose clock is set on, is past its wait at the next look", async () => {
    const watched = realMarketClock({ kind: "real" }, { lookEveryMs: 5 });
    const wait = watched.waitUntil("feed", instantFromMs(Date.now() + 600_000));
    const behind = Date.now.bind(Date);
    const set = vi.spyOn(Date, "now").mockImplementation(() => behind() + 3_600_000);
    const before = performance.now();
    try {
      await wait;
    } finally {
      set.mockRestore();
    }
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it("a wait of 60 days does not fire at once, and ends when its caller gives up", async () => {
    const abort = new AbortController();
    let fired = false;
    const wait = clock.waitUntil("true-up", instantFromMs(Date.now() + 60 * 86_400_000), abort.signal);
    wait.then(
      () => (fired = true),
      () => {},
    );
    await clock.waitUntil("site", instantFromMs(Date.now() + 20));
    expect(fired).toBe(false);
    abort.abort(new Error("shutting down"));
    await expect(wait).rejects.toThrow("shutting down");
  });
});

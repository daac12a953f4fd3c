import { describe, expect, it } from "vitest";
import { breachOf, type Duty, secondsUntilThere, wrongVerdict } from "../../bench/support/instructedJudge.ts";
import type { OutsideLook } from "../../bench/support/outsideWitness.ts";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import type { KeptClock } from "../../src/ports/meterWatch.ts";
import type { SimCommand } from "../../src/simulators/miners/model.ts";

const ZERO = Date.parse("2026-06-09T18:00:00Z");
const at = (seconds: number): number => ZERO + seconds * 1000;

/** Loads of a site of 100 kW, one a second, with two machines. */
function seen(loadsKw: readonly number[], hashing: readonly string[] = [], commands: readonly SimCommand[] = []) {
  const looks = loadsKw.map((kw, i): OutsideLook => ({ atMs: at(i), kw, hashing: new Set(hashing) }));
  return { looks: new Map([["mine", looks]]), commands };
}

const span = (from: number, until: number) => ({ siteId: "mine", fromMs: at(from), untilMs: at(until) });
const toSixty = { kind: "at-most", what: "vdi-1", targetKw: 60, baseKw: 100 } as const;

describe("what a site owed, held against its meter and machines", () => {
  it("a load that is down by its deadline and stays so is right, 5 % of the reduction and 2 % of machines aside", () => {
    const duty: Duty = { ...toSixty, ...span(2, 5) };
    expect(breachOf(duty, seen([100, 90, 63.2, 61, 60, 60, 100]))).toBeUndefined(); // 60 + 2 + 1.2 kW
    expect(secondsUntilThere(duty, at(0), seen([100, 90, 63.2, 61]))).toBe(2);
  });

  it("a load that is late, or rises before the end, is named with its worst", () => {
    expect(breachOf({ ...toSixty, ...span(2, 5) }, seen([100, 90, 63.3, 60, 60, 80, 100]))).toBe(
      "mine, vdi-1: 63.3 kW at 18:00:02, at most 63.2 (2 looks of 4, the worst 80.0 kW)",
    );
    expect(secondsUntilThere({ ...toSixty, ...span(2, 5) }, at(0), seen([100, 100, 100, 100, 100, 100, 60]))).toBe(
      undefined,
    );
  });

  it("where nobody looked, nothing is right", () => {
    expect(breachOf({ ...toSixty, ...span(20, 30) }, seen([60]))).toContain("nobody looked");
  });

  it("a stopped machine that hashes, and a command to wake one, are each found; one that asks for nothing new is not", () => {
    const off: Duty = { kind: "off", what: "stopped", ...span(0, 2), machineIds: ["mine/a"] };
    expect(breachOf(off, seen([1, 1, 1], ["mine/b"]))).toBeUndefined();
    expect(breachOf(off, seen([1, 1, 1], ["mine/a"]))).toContain("1 machines hash at 18:00:00");
    const wake = (seconds: number, outcome: SimCommand["outcome"], parameter = "wakeup"): SimCommand => ({
      atMs: at(seconds),
      machineId: "mine/a",
      command: "curtail",
      parameter,
      outcome,
      replied: true,
    });
    const noStart: Duty = { kind: "no-start", what: "under its stop", ...span(0, 2), machineIds: ["mine/a"] };
    const harmless = [wake(1, "no-change"), wake(3, "applied"), wake(1, "applied", "sleep")];
    expect(breachOf(noStart, seen([1], [], harmless))).toBeUndefined();
    expect(breachOf(noStart, seen([1], [], [wake(2, "applied")]))).toContain("1 commands to wake");
  });

  it("a site is back once it takes nine tenths of its nameplate", () => {
    const back: Duty = { kind: "back", what: "after vdi-1", ...span(0, 3), normalKw: 100 };
    expect(breachOf(back, seen([60, 70, 90, 60]))).toBeUndefined();
    expect(breachOf(back, seen([60, 70, 89, 60]))).toContain("89.0 kW at most");
  });
});

describe("the verdict of a clock, held against the world's meter", () => {
  const clock = (verdict: KeptClock["verdict"]): KeptClock => ({
    clockId: "1",
    instructionId: "vdi-1",
    revision: 1,
    startedAt: instantFromMs(ZERO),
    dueAt: instantFromMs(at(60)),
    baseKw: 100,
    targetKw: 60,
    verdict,
  });
  const down = seen(Array.from({ length: 90 }, (_, i) => (i < 30 ? 100 : 61)));
  const late = seen(Array.from({ length: 90 }, () => 100));
  const met = clock({ outcome: "met", seconds: 31, sentence: "Met." });
  const short = clock({ outcome: "short", shortKw: 40, sentence: "Short." });
  const unknown = clock({ outcome: "unknown", sentence: "Unknown." });

  it("is right where the load was as it says", () => {
    expect(wrongVerdict("mine", met, down, [])).toBeUndefined();
    expect(wrongVerdict("mine", short, late, [])).toBeUndefined();
  });

  it("is wrong where it was not, and unknown is wrong while nobody was away", () => {
    expect(wrongVerdict("mine", met, late, [])).toContain("the world's meter had 100.0 kW");
    expect(wrongVerdict("mine", short, down, [])).toContain("the world's meter had 61.0 kW");
    expect(wrongVerdict("mine", unknown, down, [])).toContain("nobody was away");
    const outage = { from: instantFromMs(at(30)), to: instantFromMs(at(120)) };
    expect(wrongVerdict("mine", unknown, down, [outage])).toBeUndefined();
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { nextLookSeconds } from "../../../src/adapters/ercot/nextLook.ts";
import { likelyDelays, type PublicationDelays, withDelay } from "../../../src/adapters/ercot/publicationDelays.ts";

const RULES = { firstSeconds: 45, leastSeconds: 5, mostSeconds: 8 };
const seconds = fc.integer({ min: 0, max: 300 });
const delaysSeen = fc.array(seconds, { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b));

it("without a known delay looks as configured: first after 45 s, then every 8 s", () => {
  expect(nextLookSeconds([], Number.NEGATIVE_INFINITY, RULES)).toBe(45);
  expect(nextLookSeconds([], 45, RULES)).toBe(53);
});

it("after the soonest delay never looks twice within 5 s nor waits for more than 8 s, whatever was seen", () =>
  fc.assert(
    fc.property(delaysSeen, seconds, (known, elapsed) => {
      const next = nextLookSeconds(known, elapsed, RULES);
      const soonest = known[0] ?? RULES.firstSeconds;
      if (elapsed < soonest) expect(next).toBe(soonest);
      else {
        expect(next - elapsed).toBeGreaterThanOrEqual(5);
        expect(next - elapsed).toBeLessThanOrEqual(8);
      }
    }),
  ));

it("keeps to the widest spacing that is configured where that is below the narrowest", () =>
  expect(nextLookSeconds([40, 50, 60], 50, { ...RULES, mostSeconds: 3 })).toBe(53));

it("remembers at most twelve delays of each hour of the day, the newest of them", () => {
  const marks = fc.array(fc.tuple(fc.integer({ min: 0, max: 35 }), seconds), { minLength: 40, maxLength: 120 });
  fc.assert(
    fc.property(marks, (seen) => {
      const memory = seen.reduce<PublicationDelays>((m, [mark, delay]) => withDelay(m, mark * 300, delay), {});
      for (let hour = 0; hour < 24; hour++) {
        const own = seen.filter(([mark]) => Math.floor((mark * 300) / 3600) % 24 === hour).map(([, delay]) => delay);
        expect(memory[hour] ?? []).toEqual(own.slice(-12));
      }
    }),
  );
});

it("goes by the same hours of the days before: mornings are slow again this morning, whatever the night was", () => {
  const day = 86_400;
  const at = (hour: number, quarter: number) => 20_000 * day + hour * 3600 + quarter * 900;
  let memory: PublicationDelays = {};
  for (const hour of [9, 10, 11]) for (const q of [0, 1, 2, 3]) memory = withDelay(memory, at(hour, q), 80 + q);
  for (const hour of [21, 22, 23]) for (const q of [0, 1, 2, 3]) memory = withDelay(memory, at(hour, q), 30 + q);
  expect(likelyDelays(memory, at(10, 0) + day)).toEqual([80, 80, 80, 81, 81, 81, 82, 82, 82, 83, 83, 83]);
  expect(likelyDelays(memory, at(4, 0) + day)).toHaveLength(24);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everySlice } from "../../activities/everySlice.ts";

/** A slice that ends when told, as machines that do not answer hold theirs. */
function held(): { until: Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { until: promise, end: resolve };
}

describe("the slices of a batch", () => {
  it("machines that hang in four slices keep none of the others waiting", async () => {
    const hanging = held();
    const done: number[] = [];
    const machines = Array.from({ length: 500 }, (_, i) => i);
    const allOthers = held();
    const commanding = everySlice(machines, 50, async (slice) => {
      const first = slice[0] as number;
      if ([0, 50, 200, 300].includes(first)) await hanging.until;
      else if (done.push(...slice) === 300) allOthers.end();
    });
    await allOthers.until;
    expect(done.toSorted((a, b) => a - b)).toEqual(
      machines.filter((i) => ![0, 50, 200, 300].includes(Math.floor(i / 50) * 50)),
    );
    hanging.end();
    await commanding;
  });

  it("a failure begins no further slice, and is told only when those under way have ended", async () => {
    const underWay = held();
    const began: number[] = [];
    let ended = false;
    const commanding = everySlice([0, 1, 2, 3, 4, 5, 6, 7, 8], 1, async ([item]) => {
      began.push(item as number);
      if (item === 1) throw new Error("PostgreSQL is away");
      if (item === 4) await underWay.until.then(() => (ended = true));
    });
    const told = commanding.catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    expect([began, ended]).toEqual([[0, 1, 2, 3, 4], false]);
    underWay.end();
    expect(await told).toEqual(new Error("PostgreSQL is away"));
    expect([began, ended]).toEqual([[0, 1, 2, 3, 4], true]);
  });

  it("every item is in exactly one slice, whatever the sizes, and at most five slices are under way", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 1, max: 60 }), async (count, size) => {
        const seen: number[] = [];
        let [now, most] = [0, 0];
        await everySlice(
          Array.from({ length: count }, (_, i) => i),
          size,
          async (slice) => {
            most = Math.max(most, (now += 1));
            await Promise.resolve();
            expect(slice.length).toBeLessThanOrEqual(size);
            seen.push(...slice);
            now -= 1;
          },
        );
        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(most).toBeLessThanOrEqual(5);
      }),
    );
  });
});

import { expect, it } from "vitest";
import { type DispatchDeps, dispatchActivities } from "../../activities/dispatch.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { PortDataError } from "../../src/ports/errors.ts";
import { asActivity } from "../faults/marketBench.ts";

const DECIDED = "2026-11-29T12:38:50.000Z" as Instant;
const NOW = "2026-11-29T12:38:56.000Z" as Instant;

/** What became of the dispatch that is under way at `north`, told to its site and let go by the clock. */
async function closed(retiredAt?: Instant) {
  const told: object[] = [];
  const released: string[] = [];
  const deps = {
    clock: { now: async () => NOW, release: async (key: string) => void released.push(key) },
    witness: { now: async () => NOW },
    ledger: { close: async () => [] },
    sites: {
      deliver: async (_: string, word: object) => {
        if (retiredAt !== undefined) throw new PortDataError("site north is retired: its run is over");
        told.push(word);
      },
    },
    book: new Map([["north", { retiredAt }]]),
    log: { info() {}, warn() {}, error() {} },
  } as unknown as DispatchDeps;
  const { closeDispatch } = dispatchActivities(deps);
  await asActivity(() =>
    closeDispatch({ siteId: "north", revision: 9, decidedAt: DECIDED, outcome: "superseded" } as never),
  );
  return { told, released };
}

it("a dispatch that is under way as its site is retired ends, and market time goes on", async () => {
  expect(await closed("2026-11-29T12:38:54.000Z" as Instant)).toEqual({ told: [], released: ["dispatch/north/9"] });
});

it("the site of a dispatch that ends hears of its verdict", async () => {
  const { told, released } = await closed();
  expect([told, released]).toMatchObject([
    [{ id: `verdict/9/${DECIDED}`, outcome: "superseded" }],
    ["dispatch/north/9"],
  ]);
});

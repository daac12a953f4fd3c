import { describe, expect, it } from "vitest";
import { judgeSilences, type Telling } from "../../bench/support/silences.ts";
import type { Instant } from "../../src/domain/units/instant.ts";

const at = (time: string): Instant => `2026-06-10T${time}.000Z` as Instant;
const silent = (time: string): Telling => ({ kind: "feed-silent", feed: "grid-condition", at: at(time) });
const restored = (time: string): Telling => ({ kind: "feed-restored", feed: "grid-condition", at: at(time) });
const stop = { feed: "grid-condition", from: at("04:51:00"), to: at("04:52:15") } as const;

describe("what a site was told of silent feeds, held against the feeds", () => {
  it("a stopped feed told once and told back is right", () => {
    expect(judgeSilences([silent("04:51:50"), restored("04:52:23")], [stop])).toEqual({
      falseSilences: [],
      missed: [],
      unended: [],
      toldRight: 1,
    });
  });

  it("a quiet feed that answers and is told silent is false, and unended until it is told back", () => {
    const verdict = judgeSilences([silent("04:45:00")], []);
    expect(verdict.falseSilences).toEqual(["grid-condition told silent at 2026-06-10T04:45:00.000Z while it answered"]);
    expect(verdict.unended).toHaveLength(1);
    expect(judgeSilences([silent("04:45:00"), restored("04:46:00")], []).unended).toEqual([]);
  });

  it("a stopped feed told twice is once too often, told never is missed", () => {
    const twice = judgeSilences([silent("04:51:50"), silent("04:52:10"), restored("04:52:23")], [stop]);
    expect([twice.toldRight, twice.falseSilences.length]).toEqual([1, 1]);
    expect(judgeSilences([], [stop]).missed).toEqual([
      "grid-condition from 2026-06-10T04:51:00.000Z to 2026-06-10T04:52:15.000Z",
    ]);
  });

  it("another feed's stop excuses nobody", () => {
    const verdict = judgeSilences([silent("04:51:50")], [{ ...stop, feed: "sced-lmp" }]);
    expect([verdict.falseSilences.length, verdict.missed.length]).toEqual([1, 1]);
  });

  it("while the server is away, and shortly after, silence is the truth", () => {
    const outage = { from: at("04:50:00"), to: at("04:53:00") };
    expect(judgeSilences([silent("04:54:00"), restored("04:55:00")], [], [outage]).falseSilences).toEqual([]);
    expect(judgeSilences([silent("04:55:00"), restored("04:56:00")], [], [outage]).falseSilences).toHaveLength(1);
  });
});

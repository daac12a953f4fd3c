import { describe, expect, it } from "vitest";
import { nextVersion } from "../../../src/domain/settlement/nextVersion.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";

const first = syntheticDay();
const settled = { input: first, result: settle(first) };

describe("a day that is settled again", () => {
  it("is settled whole the first time, every entry of it posted", () => {
    expect(nextVersion(undefined, first)).toEqual({
      kind: "settled",
      result: settled.result,
      entries: settled.result.entries,
    });
  });

  it("has no new version while nothing that counts has changed, whatever asks for it", () => {
    const asked = { ...first, version: 2, kind: "resettlement" as const };
    expect(nextVersion(settled, asked)).toEqual({ kind: "unchanged", version: first.version, missing: 0 });
  });

  it("posts the difference where ERCOT corrected a price", () => {
    const next = nextVersion(settled, syntheticDay({ version: 2, corrected: { "2024-08-20/20/4": "2370" } }));
    expect(next.kind === "settled" && next.entries.map(({ kind }) => kind)).toContain("adjustment");
    expect(next.kind === "settled" && next.entries.length).toBeLessThan(settled.result.entries.length);
  });

  it("is refused when a client that was settled before is not any more", () => {
    const without = first.intervals.map((interval) => ({
      ...interval,
      feeders: interval.feeders.map((feeder) => (feeder.clientId === "alder" ? { clientId: "alder" } : feeder)),
    }));
    expect(nextVersion(settled, { ...first, version: 2, intervals: without })).toMatchObject({
      kind: "refused",
      why: expect.stringMatching(/version 2 would take back what version 1 settled and is not posted: 288 intervals/),
    });
  });

  it("is refused when its meters contradict each other: an interval that is there twice stands for another", () => {
    const [one, , ...rest] = first.intervals;
    expect(nextVersion(undefined, { ...first, intervals: [one!, ...rest] })).toMatchObject({
      kind: "refused",
      why: expect.stringMatching(/breaks its own identities and is not posted: intervals of the day: 95 against 96/),
    });
  });
});

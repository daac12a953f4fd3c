import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { assess } from "../../../src/domain/verification/assess.ts";
import type { ResponseInput } from "../../../src/domain/verification/model.ts";

/** 1,500 machines are to shed 5,000 kW; the site drew 30,000 kW before. */
const shed: ResponseInput = {
  revision: 17,
  orderedAt: parseInstant("2026-08-18T22:05:11Z"),
  readAt: parseInstant("2026-08-18T22:05:45Z"),
  expectedDeltaKw: -5_000,
  beforeKw: 30_000,
  nowKw: 25_000,
  machines: 1_500,
  atTarget: 1_490,
  stragglers: 8,
  unread: 2,
};

describe("response on the meter", () => {
  it.each([
    ["all of it", 25_000, "confirmed", 1],
    ["exactly 95 %", 25_250, "confirmed", 0.95],
    ["a kilowatt below 95 %", 25_251, "short", 0.9498],
    ["none of it", 30_000, "short", 0],
    ["the wrong way", 31_000, "short", -0.2],
    ["more than ordered", 24_000, "confirmed", 1.2],
  ])("%s", (_title, nowKw, outcome, share) => {
    const verdict = assess({ ...shed, nowKw });
    expect([verdict.outcome, verdict.measuredDeltaKw]).toEqual([outcome, nowKw - 30_000]);
    expect(verdict.shareOfExpected).toBeCloseTo(share, 9);
  });

  it("every number of the sentence is in the record", () => {
    expect(assess({ ...shed, nowKw: 25_120.4 }).sentence).toBe(
      "−5,000.0 kW expected of revision 17, −4,879.6 kW metered at the site (97.6 %) 34 s after the order: confirmed. Read back as ordered: 1,490 of 1,500 machines, otherwise 8, not read 2.",
    );
  });

  it("seconds of a real clock and powers that floats cannot hold are rounded for the reader", () => {
    const odd = {
      ...shed,
      readAt: parseInstant("2026-08-18T22:05:45.217Z"),
      beforeKw: 943.2900000000001,
      nowKw: 0.1 + 0.2,
    };
    expect(assess({ ...odd, expectedDeltaKw: -943.2900000000001 }).sentence).toMatch(
      /^−943\.3 kW expected of revision 17, −943\.0 kW metered at the site \(100\.0 %\) 34 s after the order: confirmed\. /,
    );
  });

  it("a restore is judged the same way", () => {
    expect(assess({ ...shed, expectedDeltaKw: 5_000, beforeKw: 25_000, nowKw: 29_800 })).toMatchObject({
      outcome: "confirmed",
      measuredDeltaKw: 4_800,
    });
    expect(assess({ ...shed, expectedDeltaKw: 5_000, beforeKw: 25_000, nowKw: 27_000 })).toMatchObject({
      outcome: "short",
      shareOfExpected: 0.4,
    });
  });

  it("machines that all claim to be asleep do not overrule the meter", () => {
    expect(assess({ ...shed, nowKw: 28_000, atTarget: 1_500, stragglers: 0, unread: 0 }).outcome).toBe("short");
  });

  it("machines that are not there do not overrule it either: the megawatts moved", () => {
    const verdict = assess({ ...shed, atTarget: 1_000, stragglers: 400, unread: 100 });
    expect(verdict.outcome).toBe("confirmed");
    expect(verdict.sentence).toContain("otherwise 400, not read 100");
  });

  /** 20 machines behind a trip: 71.5 kW are to go, of which they lacked 61.6 when last surveyed. */
  const booting = {
    ...shed,
    expectedDeltaKw: -71.5,
    undrawnKw: 61.6,
    beforeKw: 139.4,
    machines: 20,
    atTarget: 20,
    stragglers: 0,
    unread: 0,
  };

  it("20 machines that were still booting are told off, 19.9 of 71.5 kW fall: not judged, and no alarm of a shortfall", () => {
    expect(assess({ ...booting, nowKw: 119.5 })).toMatchObject({
      outcome: "unknown",
      sentence:
        "−71.5 kW expected of revision 17, −19.9 kW metered at the site (27.8 %) 34 s after the order: unknown, not judged, " +
        "for 61.6 kW of it was not drawn yet when last surveyed before the order. Read back as ordered: 20 of 20 machines, " +
        "otherwise 0, not read 0.",
    });
  });

  it.each([
    ["were at their power nevertheless, all of it falls", { nowKw: 69 }, "confirmed"],
    ["are not all off, one runs on", { nowKw: 119.5, atTarget: 19, stragglers: 1 }, "short"],
    ["are not all read", { nowKw: 119.5, atTarget: 19, unread: 1 }, "short"],
    ["drew 9.9 kW, of which 6.4 fall", { nowKw: 133 }, "unknown"],
    ["drew 9.9 kW, of which 6.2 fall, 5 % of the order less", { nowKw: 133.2 }, "short"],
    ["drew nothing yet, and the meter stands still", { undrawnKw: 72, nowKw: 139.4 }, "unknown"],
    ["drew nothing yet, and 20 kW come on elsewhere", { undrawnKw: 72, nowKw: 159.4 }, "short"],
    ["lacked half of it: the other 36 kW fall", { undrawnKw: 36, nowKw: 103.8 }, "unknown"],
    ["lacked half of it: 30 of the other 36 kW fall", { undrawnKw: 36, nowKw: 109.4 }, "short"],
    [
      "are told back at once, and come to their power",
      { expectedDeltaKw: 0, plannedDeltaKw: 71.5, nowKw: 200 },
      "unknown",
    ],
    ["are told back at once, and more comes on", { expectedDeltaKw: 0, plannedDeltaKw: 71.5, nowKw: 205 }, "short"],
    ["are told back at once, and load is lost", { expectedDeltaKw: 0, plannedDeltaKw: 71.5, nowKw: 130 }, "short"],
    ["are told up: what is missing is missing", { expectedDeltaKw: 71.5, nowKw: 150 }, "short"],
  ])("of machines that did not draw all their power before, which %s", (_title, changes, outcome) => {
    expect(assess({ ...booting, ...changes }).outcome).toBe(outcome);
  });

  it("power that was not drawn makes no verdict better than unknown, and excuses no more than itself", () => {
    const kw = fc.double({ min: 0, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(kw, kw, kw, fc.boolean(), (ranKw, undrawnKw, fellKw, areThere) => {
        const wantedKw = ranKw + undrawnKw + 1;
        const one = { ...shed, expectedDeltaKw: -wantedKw, beforeKw: 30_000, nowKw: 30_000 - fellKw };
        const there = { ...one, machines: 10, atTarget: areThere ? 10 : 9 };
        const [plain, told] = [assess(there).outcome, assess({ ...there, undrawnKw }).outcome];
        expect(told === "confirmed").toBe(plain === "confirmed");
        if (told === "unknown") expect([areThere, fellKw + undrawnKw >= 0.949 * wantedKw]).toEqual([true, true]);
      }),
    );
  });

  it("a silent meter is unknown, whatever the machines say, and no change is claimed", () => {
    const verdict = assess({ ...shed, nowKw: undefined, atTarget: 1_500, stragglers: 0, unread: 0 });
    expect(verdict).toEqual({
      outcome: "unknown",
      secondsSinceOrder: 34,
      sentence:
        "−5,000.0 kW expected of revision 17, the meter is silent 34 s after the order: unknown. Read back as ordered: 1,500 of 1,500 machines, otherwise 0, not read 0.",
    });
    expect(assess({ ...shed, beforeKw: undefined })).toMatchObject({
      outcome: "unknown",
      sentence:
        "−5,000.0 kW expected of revision 17, no meter reading from before the order, 25,000.0 kW metered at the site 34 s after the order: unknown. Read back as ordered: 1,490 of 1,500 machines, otherwise 8, not read 2.",
    });
  });

  it("nothing expected counts as confirmed and says that the meter had nothing to confirm", () => {
    const verdict = assess({ ...shed, expectedDeltaKw: 0, nowKw: 30_012 });
    expect(verdict).toMatchObject({ outcome: "confirmed", measuredDeltaKw: 12 });
    expect(verdict.shareOfExpected).toBeUndefined();
    expect(verdict.sentence).toMatch(
      /^Revision 17 expected no change of load, so the meter has nothing to confirm \(metered at the site \+12\.0 kW\)\./,
    );
    expect(assess({ ...shed, expectedDeltaKw: 0, nowKw: undefined }).sentence).toContain("(the meter is silent)");
  });

  it("nothing expected because nobody answered, and nobody at target, is not confirmed", () => {
    const verdict = assess({ ...shed, expectedDeltaKw: 0, nowKw: 30_000, atTarget: 0, stragglers: 0, unread: 1_500 });
    expect(verdict).toMatchObject({
      outcome: "unknown",
      sentence: expect.stringMatching(
        /^Revision 17: no machine was known to be able to follow, and none is read back as ordered/,
      ),
    });
  });

  it.each([
    ["a shed of 5,000 kW taken back whole, nothing had moved", 0, 5_000, 30_010, "confirmed"],
    ["a shed taken back whole, 1,000 kW stay away", 0, 5_000, 29_000, "short"],
    ["a shed of 5,000 kW taken back by half, all of it stays away", -2_500, 2_500, 25_000, "short"],
    ["a shed of 5,000 kW taken back by half, and half comes back", -2_500, 2_500, 27_400, "confirmed"],
    ["a restore of 5,000 kW taken back, and it goes down again", 0, -5_000, 30_200, "confirmed"],
    ["a restore of 5,000 kW taken back, and it came nevertheless", 0, -5_000, 35_000, "short"],
  ])("%s", (_title, expectedDeltaKw, plannedDeltaKw, nowKw, outcome) => {
    expect(assess({ ...shed, expectedDeltaKw, plannedDeltaKw, nowKw }).outcome).toBe(outcome);
  });

  it("says against what a revision that took another back is measured", () => {
    expect(assess({ ...shed, expectedDeltaKw: -2_500, plannedDeltaKw: 2_500, nowKw: 27_400 }).sentence).toBe(
      "−2,500.0 kW expected of revision 17 and the unfinished order it replaced, together, −2,600.0 kW metered at the site 34 s after the order: confirmed. Read back as ordered: 1,490 of 1,500 machines, otherwise 8, not read 2.",
    );
  });

  it("without a reading it is never confirmed while a change is expected", () => {
    const kw = fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(kw, kw, fc.double({ min: 1, max: 90_000, noNaN: true }), (beforeKw, nowKw, wantedKw) => {
        const verdict = assess({ ...shed, beforeKw, nowKw, expectedDeltaKw: -wantedKw });
        const known = beforeKw !== undefined && nowKw !== undefined;
        expect(verdict.outcome === "unknown").toBe(!known);
        if (known) expect(verdict.outcome).toBe((beforeKw - nowKw) / wantedKw >= 0.95 ? "confirmed" : "short");
      }),
    );
  });
});

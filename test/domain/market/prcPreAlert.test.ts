import { describe, expect, it } from "vitest";
import type { GridReport } from "../../../src/domain/market/model.ts";
import { foldPrcPreAlert, type PrcState } from "../../../src/domain/market/prcPreAlert.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const START = parseInstant("2026-08-18T18:40:00-05:00");

function poll(prcMw: number | undefined, minute: number): GridReport {
  return {
    source: "dashboard/daily-prc",
    documentId: `${minute}`,
    contentHash: "",
    fetchedAt: START,
    quality: "PUBLISHED",
    level: "normal",
    stateText: "normal",
    ...(prcMw === undefined ? {} : { prcMw }),
    observedAt: addSeconds(START, minute * 60),
  };
}

/** Polls a minute apart: the PRC of the pre-alert that stands after each, `-` where none does. */
function course(prcs: readonly (number | undefined)[], isFresh = true): string {
  let state: PrcState = {};
  return prcs
    .map((prcMw, minute) => {
      state = JSON.parse(JSON.stringify(foldPrcPreAlert(state, poll(prcMw, minute), 3_000, isFresh))) as PrcState;
      return state.preAlert?.prcMw ?? "-";
    })
    .join(" ");
}

describe("a PRC below the 3,000 MW at which a Watch is due", () => {
  it("raises a pre-alert at the second poll in a row, and ends it at the second that is not below", () => {
    expect(course([3_200, 2_990, 2_950, 2_900, 3_010, 3_050, 3_100])).toBe("- - 2950 2950 2950 - -");
  });

  it("is not believed for one poll, and one poll above does not end it", () => {
    expect(course([3_200, 2_500, 3_200, 2_500, 3_200])).toBe("- - - - -");
    expect(course([2_900, 2_900, 3_100, 2_900, 3_100, 2_900])).toBe("- 2900 2900 2900 2900 2900");
  });

  it("is below it only when it is less: 3,000 itself is not", () => {
    expect(course([3_000, 3_000, 2_999.9, 2_999.9])).toBe("- - - 2999.9");
  });

  it("needs two polls in a row that tell a PRC: one without breaks the row and ends nothing", () => {
    expect(course([2_900, undefined, 2_900, 2_900, undefined, undefined, 3_100, undefined, 3_100])).toBe(
      "- - - 2900 2900 2900 2900 2900 2900",
    );
  });

  it("is not taken from polls that are stale, nor twice from one moment", () => {
    expect(course([2_900, 2_900, 2_900], false)).toBe("- - -");
    const once = foldPrcPreAlert({}, poll(2_900, 5), 3_000, true);
    expect(foldPrcPreAlert(once, { ...poll(2_900, 5), documentId: "again" }, 3_000, true)).toEqual(once);
  });

  it("means nothing where no figure was in force, as before October 2023", () => {
    const state = foldPrcPreAlert(foldPrcPreAlert({}, poll(900, 0), undefined, true), poll(900, 1), undefined, true);
    expect(state.preAlert).toBeUndefined();
  });
});

describe("a pre-alert of the site's own, below 3,500 MW and falling by more than 50 MW a minute", () => {
  const FALL = { belowMw: 3_500, fallingMwPerMinute: 50 };
  /** Polls a minute apart: figure of the pre-alert after each, and how fast PRC fell; `-` where none stands. */
  function falls(prcs: readonly (number | undefined)[], watchBelowMw: number | undefined = 3_000): string {
    let state: PrcState = {};
    return prcs
      .map((prcMw, minute) => {
        const next = foldPrcPreAlert(state, poll(prcMw, minute), watchBelowMw, true, FALL);
        state = JSON.parse(JSON.stringify(next)) as PrcState;
        const { belowMw, fallingMwPerMinute = "Watch" } = state.preAlert ?? {};
        return belowMw === undefined ? "-" : `${belowMw}:${fallingMwPerMinute}`;
      })
      .join(" ");
  }

  it("begins at the second poll in a row that falls so, stands while PRC is low, and ends at the second above", () => {
    expect(falls([3_600, 3_480, 3_420, 3_420, 3_430, 3_510, 3_520])).toBe("- - 3500:60 3500:60 3500:60 3500:60 -");
  });

  it("is not raised by a PRC that is low and stands, falls by 50 and no more, or falls from high to high", () => {
    expect(falls([3_450, 3_450, 3_450, 3_400, 3_350, 3_300])).toBe("- - - - - -");
    expect(falls([6_000, 5_000, 4_000, 3_600])).toBe("- - - -");
  });

  it("is not believed for one fall, nor across a poll without a PRC", () => {
    expect(falls([3_480, 3_400, 3_400, 3_300, 3_310])).toBe("- - - - -");
    expect(falls([3_480, 3_400, undefined, 3_300, 3_200])).toBe("- - - - -");
  });

  it("where PRC crosses the Watch figure in two polls it is the Watch's, which ends above that figure", () => {
    expect(falls([3_600, 2_950, 2_900, 3_100, 3_200])).toBe("- - 3000:Watch 3000:Watch -");
  });

  it("stands without a Watch figure in force", () => {
    const state = [3_480, 3_420, 3_360].reduce<PrcState>(
      (known, prcMw, minute) => foldPrcPreAlert(known, poll(prcMw, minute), undefined, true, FALL),
      {},
    );
    expect(state.preAlert).toMatchObject({ prcMw: 3_360, belowMw: 3_500, fallingMwPerMinute: 60 });
  });
});

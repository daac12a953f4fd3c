import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_GRID_CONDITION, foldGridCondition } from "../../../src/domain/market/gridCondition.ts";
import type { GridConditionState } from "../../../src/domain/market/gridCondition.ts";
import type { GridReport, GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const START = parseInstant("2026-08-18T19:00:00-05:00");
const seen = (level: GridLevel, minute: number): GridReport => ({
  source: "dashboard/daily-prc",
  documentId: `${minute}`,
  contentHash: "",
  fetchedAt: START,
  quality: "PUBLISHED",
  level,
  ...(level === "unknown" ? { unreadable: true as const } : {}),
  stateText: level,
  prcMw: 3000 - minute,
  observedAt: addSeconds(START, minute * 60),
});

/**
 * Polls a minute apart: the level acted on after each, `!` while an alarm stands, and what was reported at that poll.
 */
function course(...levels: GridLevel[]): string[] {
  let state: GridConditionState = NO_GRID_CONDITION;
  return levels.map((level, minute) => {
    const fold = foldGridCondition(state, seen(level, minute));
    state = JSON.parse(JSON.stringify(fold.state)) as GridConditionState;
    const told = fold.change ? ` → ${fold.change.level}${fold.change.unreadable ? "?" : ""}` : "";
    return `${state.level ?? "none"}${state.alarm ? "!" : ""}${told}`;
  });
}

describe("the grid level", () => {
  it("takes effect at the second poll that shows it", () => {
    expect(course("normal", "normal", "watch", "watch")).toEqual([
      "none",
      "normal → normal",
      "normal",
      "watch → watch",
    ]);
  });

  it("jumps from normal straight to EEA2, as on 2023-09-06, and skips levels on the way down", () => {
    expect(course("normal", "normal", "eea2", "eea2", "normal", "normal")).toEqual([
      "none",
      "normal → normal",
      "normal",
      "eea2 → eea2",
      "eea2",
      "normal → normal",
    ]);
  });

  it("does not follow a single poll that the next one takes back", () => {
    expect(course("normal", "normal", "eea3", "normal", "eea3", "normal")).toEqual([
      "none",
      "normal → normal",
      "normal",
      "normal",
      "normal",
      "normal",
    ]);
  });

  it("waits while two polls disagree about the new level", () => {
    expect(course("normal", "normal", "eea1", "eea2", "eea2")).toEqual([
      "none",
      "normal → normal",
      "normal",
      "normal",
      "eea2 → eea2",
    ]);
  });

  it("reports an unknown state at once, keeps the level to act on, and reports that level again when it is seen", () => {
    expect(course("eea1", "eea1", "unknown", "unknown", "eea1", "eea1")).toEqual([
      "none",
      "eea1 → eea1",
      "eea1! → eea1?",
      "eea1!",
      "eea1 → eea1",
      "eea1",
    ]);
  });

  it("needs two polls again after an unknown one, and the alarm stands until then", () => {
    expect(course("normal", "normal", "eea2", "unknown", "eea2", "eea2")).toEqual([
      "none",
      "normal → normal",
      "normal",
      "normal! → normal?",
      "normal!",
      "eea2 → eea2",
    ]);
  });

  it("is not changed by a poll that is not newer than the last", () => {
    const first = foldGridCondition(NO_GRID_CONDITION, seen("eea2", 5)).state;
    expect(foldGridCondition(first, seen("eea2", 5))).toEqual({ state: first });
    expect(foldGridCondition(first, seen("eea2", 4))).toEqual({ state: first });
  });

  it("rises by two documents that are dated alike, and does not fall by them", () => {
    const dated = (level: GridLevel, documentId: string, minute = 1) => ({ ...seen(level, minute), documentId });
    const after = (from: GridConditionState, ...polls: GridReport[]) =>
      polls.reduce((state, poll) => foldGridCondition(state, poll).state, from).level;
    const normal = [seen("normal", 0), seen("normal", 1)].reduce(
      (state, poll) => foldGridCondition(state, poll).state,
      NO_GRID_CONDITION,
    );
    expect(after(normal, dated("eea2", "x"), dated("eea2", "y"))).toBe("eea2");
    expect(after(normal, dated("eea2", "x"), dated("eea2", "x"))).toBe("normal");
    const eea2 = [dated("eea2", "x"), dated("eea2", "y")].reduce((s, p) => foldGridCondition(s, p).state, normal);
    expect(after(eea2, dated("normal", "z"), dated("normal", "zz"))).toBe("eea2");
    expect(after(eea2, dated("normal", "z", 2), dated("normal", "zz", 3))).toBe("normal");
  });

  it("asks for another poll at the first that says worse, and takes the same page read again for it, to rise alone", () => {
    const read = (level: GridLevel, minute: number, fetchedMinute = minute) => ({
      ...seen(level, minute),
      fetchedAt: addSeconds(START, fetchedMinute * 60),
    });
    const normal = [read("normal", 0), read("normal", 1)].reduce(
      (state, poll) => foldGridCondition(state, poll).state,
      NO_GRID_CONDITION,
    );
    const first = foldGridCondition(normal, read("eea2", 2));
    expect(first).toMatchObject({ isToConfirm: true, state: { level: "normal", next: "eea2" } });
    expect(foldGridCondition(first.state, read("eea2", 2))).toEqual({ state: first.state });
    const { state } = foldGridCondition(first.state, read("eea2", 2, 2.2));
    expect(state).toMatchObject({ level: "eea2", since: addSeconds(START, 120) });
    const lower = foldGridCondition(state, read("normal", 3));
    expect(lower.isToConfirm).toBeUndefined();
    expect(foldGridCondition(lower.state, read("normal", 3, 3.2)).state.level).toBe("eea2");
  });

  it("asks again only for a worse level, so a page that changes to and fro is not asked without end", () => {
    const polls = ["normal", "normal", "eea2", "eea1", "eea2", "eea1", "eea3"] as const;
    let state: GridConditionState = NO_GRID_CONDITION;
    const asks = polls.map((level, minute) => {
      const fold = foldGridCondition(state, seen(level, minute));
      ({ state } = fold);
      return fold.isToConfirm === true;
    });
    expect(asks).toEqual([false, false, true, false, true, false, true]);
  });

  it("does not fall by polls that are stale, and rises by them", () => {
    const fold = (from: GridConditionState, level: GridLevel, minute: number) =>
      foldGridCondition(from, seen(level, minute), false).state;
    const eea1 = fold(fold(NO_GRID_CONDITION, "eea1", 0), "eea1", 1);
    expect(eea1.level).toBe("eea1");
    expect(fold(fold(eea1, "normal", 2), "normal", 3).level).toBe("eea1");
    expect(fold(fold(eea1, "eea3", 2), "eea3", 3).level).toBe("eea3");
  });

  it("rises by the number beside a word that is not known, with the alarm, and never falls by one", () => {
    const odd = (level: GridLevel, minute: number) => ({ ...seen(level, minute), unreadable: true as const });
    const normal = [seen("normal", 0), seen("normal", 1)].reduce(
      (s, p) => foldGridCondition(s, p).state,
      NO_GRID_CONDITION,
    );
    const eea2 = [odd("eea2", 2), odd("eea2", 3)].reduce((s, p) => foldGridCondition(s, p).state, normal);
    expect(eea2).toMatchObject({ level: "eea2", alarm: true });
    const still = [odd("eea1", 4), odd("eea1", 5)].reduce((s, p) => foldGridCondition(s, p).state, eea2);
    expect(still).toMatchObject({ level: "eea2", alarm: true });
  });

  it("carries the published text and the PRC into the change", () => {
    const normal = foldGridCondition(
      foldGridCondition(NO_GRID_CONDITION, seen("normal", 0)).state,
      seen("normal", 1),
    ).state;
    const { change } = foldGridCondition(foldGridCondition(normal, seen("watch", 2)).state, seen("watch", 3));
    expect(change).toEqual({
      level: "watch",
      stateText: "watch",
      prcMw: 2997,
      observedAt: addSeconds(START, 180),
    });
  });

  it("is never unknown, and only ever a level that two polls in a row have shown", () => {
    const levels = fc.array(fc.constantFrom<GridLevel>("normal", "watch", "eea1", "eea2", "unknown"), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(levels, (polls) => {
        course(...polls).forEach((text, index) => {
          const acted = text.split(/[! ]/)[0] as string;
          const shownTwice = polls.slice(0, index + 1).some((level, at) => level === acted && polls[at - 1] === acted);
          expect(acted === "none" || (acted !== "unknown" && shownTwice)).toBe(true);
        });
      }),
    );
  });
});

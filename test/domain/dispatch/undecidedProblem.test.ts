import { describe, expect, it } from "vitest";
import { type DecidedDispatch, undecidedProblem } from "../../../src/domain/dispatch/undecidedProblem.ts";

const share = (modeId: string, machines: number) => ({ modeId, machines });
const DECIDED: DecidedDispatch = {
  revision: 7,
  targets: [
    { cohortId: "a", split: [share("off", 100)] },
    { cohortId: "b", split: [share("off", 40), share("normal", 60)] },
  ],
};
const A = { cohortId: "a", shares: [share("off", 100)] };
const B = { cohortId: "b", shares: [share("off", 40), share("normal", 60)] };

describe("a dispatch is driven only as a recorded decision ordered it", () => {
  it.each<[string, DecidedDispatch | undefined, Parameters<typeof undecidedProblem>[3], string | undefined]>([
    ["as decided", DECIDED, [B, A], undefined],
    ["one cohort of it", DECIDED, [A], undefined],
    ["a batch of one share", DECIDED, [{ cohortId: "b", shares: [share("normal", 60)], part: true }], undefined],
    ["a revision without a record", undefined, [], "no recorded decision of site pecan dispatches revision 7"],
    ["the record of another revision", { ...DECIDED, revision: 6 }, [], "no recorded decision of site pecan"],
    [
      "another mode",
      DECIDED,
      [{ cohortId: "a", shares: [share("normal", 100)] }],
      "with cohort a at 100 off, the dispatch says 100 normal",
    ],
    [
      "more machines than decided",
      DECIDED,
      [{ cohortId: "b", shares: [share("off", 41), share("normal", 59)] }],
      "with cohort b at 40 off, 60 normal, the dispatch says 41 off, 59 normal",
    ],
    [
      "half of a split, which would move the other half along",
      DECIDED,
      [{ cohortId: "b", shares: [share("off", 40)] }],
      "with cohort b at 40 off, 60 normal, the dispatch says 40 off",
    ],
    [
      "a cohort beside it",
      DECIDED,
      [{ cohortId: "c", shares: [share("off", 1)] }],
      "with cohort c at no mode, the dispatch says 1 off",
    ],
  ])("%s", (_what, decided, cohorts, says) => {
    const problem = undecidedProblem(decided, "pecan", 7, cohorts);
    if (says === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(says);
  });
});

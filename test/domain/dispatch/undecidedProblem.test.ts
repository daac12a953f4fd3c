import { describe, expect, it } from "vitest";
import { undecidedProblem } from "../../../src/domain/dispatch/undecidedProblem.ts";

const DECIDED = {
  revision: 7,
  targets: [
    { cohortId: "a", fromModeId: "normal", modeId: "off" },
    { cohortId: "b", fromModeId: "normal", modeId: "normal" },
  ],
};

describe("a dispatch is driven only as a recorded decision ordered it", () => {
  it.each<[string, Parameters<typeof undecidedProblem>[0], { cohortId: string; modeId: string }[], string | undefined]>(
    [
      [
        "as decided",
        DECIDED,
        [
          { cohortId: "b", modeId: "normal" },
          { cohortId: "a", modeId: "off" },
        ],
        undefined,
      ],
      ["one cohort of it", DECIDED, [{ cohortId: "a", modeId: "off" }], undefined],
      ["a revision without a record", undefined, [], "no recorded decision of site pecan dispatches revision 7"],
      ["the record of another revision", { ...DECIDED, revision: 6 }, [], "no recorded decision of site pecan"],
      ["another mode", DECIDED, [{ cohortId: "b", modeId: "off" }], "with cohort b at normal, the dispatch says off"],
      [
        "a cohort beside it",
        DECIDED,
        [{ cohortId: "c", modeId: "off" }],
        "with cohort c at no mode, the dispatch says",
      ],
    ],
  )("%s", (_what, decided, targets, says) => {
    const problem = undecidedProblem(decided, "pecan", 7, targets);
    if (says === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(says);
  });
});

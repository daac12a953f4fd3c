import { describe, expect, it } from "vitest";
import { noticesInForce } from "../../../src/domain/market/noticesInForce.ts";
import { readMessage } from "../../../src/domain/market/readMessage.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

/** What is declared, what is ended, and whether a person should read it. */
function said(summary: string): [string, string, string] {
  const { declares, ends, isForPerson } = readMessage({ type: "Operational Information", summary });
  const ended = ends.map((one) => (one.of === "named" ? one.names : one.of)).toSorted();
  return [declares?.names ?? "nothing", ended.join(", ") || "nothing", isForPerson ? "a person" : "nobody"];
}

describe("a list of rungs in an operations message", () => {
  it.each<[string, string, string, string]>([
    ["No Watch, Advisory, or EEA has been declared.", "nothing", "nothing", "nobody"],
    ["No Watch, Advisory or EEA is in effect.", "nothing", "nothing", "nobody"],
    ["No OCN, Advisory, Watch, or EEA Level 1 has been issued.", "nothing", "nothing", "nobody"],
    ["Neither a Watch nor an EEA has been declared.", "nothing", "nothing", "nobody"],
    ["ERCOT has not declared a Watch, an EEA 1 or an EEA 2.", "nothing", "nothing", "nobody"],
    ["ERCOT has terminated EEA Level 1, Level 2 and Level 3.", "nothing", "EEA 1, EEA 2, EEA 3", "nobody"],
    ["ERCOT has terminated EEA Levels 1 through 3.", "nothing", "energy emergency", "nobody"],
    ["ERCOT has terminated EEA 1 through 3.", "nothing", "energy emergency", "nobody"],
    ["ERCOT has cancelled EEA 1 and EEA 2.", "nothing", "EEA 1, EEA 2", "nobody"],
    ["EEA 1, EEA 2 and EEA 3 have been terminated.", "nothing", "EEA 1, EEA 2, EEA 3", "nobody"],
    ["EEA 2 AND EEA 3 HAVE BEEN TERMINATED.", "nothing", "EEA 2, EEA 3", "nobody"],
    ["ERCOT has terminated EEA 3 and EEA 2 remains in effect.", "EEA 2", "EEA 3", "nobody"],
    ["ERCOT has cancelled the Watch and EEA 1 has been declared.", "EEA 1", "watch", "nobody"],
    ["ERCOT has terminated EEA 3 and has declared EEA 2.", "EEA 2", "EEA 3", "nobody"],
    ["ERCOT is in EEA 2 and the Watch is cancelled.", "EEA 2", "watch", "nobody"],
    ["ERCOT has declared EEA 1 and EEA 2.", "EEA 2", "nothing", "nobody"],
    ["ERCOT has terminated EEA Levels 2 through 3.", "nothing", "EEA 2, EEA 3", "nobody"],
    ["ERCOT has terminated EEA Level One through Level Three.", "nothing", "energy emergency", "nobody"],
    ["ERCOT has terminated EEA up to Level 2.", "nothing", "EEA 1, EEA 2", "nobody"],
    ["No EEA Levels 1 through 3 are in effect.", "nothing", "nothing", "nobody"],
    ["If needed, ERCOT will declare EEA 2.", "nothing", "nothing", "a person"],
    ["Should conditions worsen, ERCOT will declare EEA 2.", "nothing", "nothing", "a person"],
  ])("%s", (summary, declares, ends, toldTo) => {
    expect(said(summary)).toEqual([declares, ends, toldTo]);
  });

  it.each([
    ["EEA 3", "ERCOT has declared EEA Levels 1 through 3."],
    ["EEA 3", "ERCOT has declared EEA Levels 1-3."],
    ["EEA 3", "ERCOT has declared EEA Levels 1, 2 and 3."],
    ["EEA 2", "ERCOT has declared EEA 1 to 2."],
    ["EEA 2", "EEA 1 and 2 are in effect."],
    ["EEA 3", "ERCOT has declared EEA Level 1 through EEA Level 3."],
    ["EEA 3", "ERCOT has declared EEA Levels 1 up to and including 3."],
    ["EEA 2", "ERCOT has declared EEA up to and including Level 2."],
    ["EEA 3", "ERCOT has declared Levels 1 through 3 of the EEA."],
    ["EEA 1", "ERCOT has declared EEA Level 1 through 3 PM."],
    ["EEA 1", "ERCOT has declared EEA Level 1, 2 units tripped."],
    ["EEA 2", "ERCOT has declared EEA Level 2 - 3 units tripped."],
    ["EEA 1", "ERCOT has declared EEA 1 to 3,000 MW."],
    ["EEA 2", "ERCOT has moved from EEA Level 3 to Level 2."],
  ])(
    "declares the gravest of a range or a list of numbers, and takes no other number for a level: %s: %s",
    (names, summary) => {
      expect(said(summary).slice(0, 1)).toEqual([names]);
      expect(said(summary)[2]).toBe("nobody");
    },
  );

  it.each([
    ["EEA 2", "ERCOT has declared EEA Level 1 or 2."],
    ["EEA 2", "ERCOT has declared EEA 1 or EEA 2."],
    ["EEA 2", "ERCOT has declared EEA 2 or higher."],
  ])("that names one or another declares the gravest, and a person reads it: %s: %s", (names, summary) => {
    expect(said(summary)).toEqual([names, "nothing", "a person"]);
  });
});

describe("a fall that is said without a verb", () => {
  it.each([
    ["EEA 2", "EEA 3 to 2"],
    ["EEA 2", "EEA Level 3 to Level 2 effective 20:37."],
    ["EEA 2", "EEA Level 3 to EEA Level 2"],
    ["EEA 2", "Energy Emergency Alert (EEA) Level Three to Two."],
    ["EEA 2", "Level 3 to Level 2 of the EEA"],
    ["EEA 2", "EEA: 3 -> 2"],
    ["EEA 1", "ERCOT: EEA 3 down to 1."],
    ["EEA 1", "ERCOT has declared EEA 3 to 1."],
    ["watch", "EEA 1 to Watch"],
    ["nothing", "EEA 1 to normal"],
  ])("leaves the lower level in force, and nothing above it: %s: %s", (names, summary) => {
    expect(said(summary)).toEqual([names, "above", "nobody"]);
  });

  it.each([
    ["EEA 3", "EEA 2 to 3"],
    ["EEA 3", "EEA 1 through 3"],
    ["EEA 3", "EEA 3 to 2 PM"],
    ["EEA 3", "EEA 3 to 2 units"],
    ["EEA 3", "EEA 3 to 2,000 MW"],
    ["EEA 3", "EEA 3 due to 2 units that tripped"],
    ["EEA 3", "EEA 3 prior to EEA 2"],
  ])("is no rise, no range and no other number: %s: %s", (names, summary) => {
    expect(said(summary)).toEqual([names, "nothing", "nobody"]);
  });

  it("is not said where it is denied; what may come, and levels that are ended downwards, a person reads", () => {
    expect(said("No EEA 3 to 2 change is in effect.")).toEqual(["nothing", "nothing", "nobody"]);
    expect(said("If reserves recover, EEA 3 to 2.")[2]).toBe("a person");
    expect(said("EEA levels 3 to 1 terminated.")).toEqual(["nothing", "EEA 3", "a person"]);
  });

  it("takes the place of the level before on the page, as one with a verb does", () => {
    const row = (time: string, summary: string) => ({
      key: summary,
      postedAt: parseInstant(`2021-02-19T${time}:00-06:00`),
      type: "Emergency",
      status: "Active",
      summary,
    });
    const up = [row("01:07", "ERCOT has declared EEA Level 2."), row("01:20", "ERCOT has declared EEA Level 3.")];
    const after = (...rows: readonly ReturnType<typeof row>[]): string[] =>
      noticesInForce([...up, ...rows]).inForce.map(({ names }) => names);
    const down = row("09:00", "EEA 3 to 2");
    expect([after(), after(down), after(down, row("10:35", "EEA 2 to 1"))]).toEqual([["EEA 3"], ["EEA 2"], ["EEA 1"]]);
    expect(after(down, row("10:35", "EEA 2 to normal"))).toEqual([]);
  });
});

it.each([
  "If needed, ERCOT may declare EEA 2.",
  "ERCOT may need to declare EEA 2.",
  "ERCOT could enter EEA 3.",
  "If conditions worsen, EEA 2 may be declared.",
  "EEA 2 may be needed this evening.",
  "ERCOT is prepared to declare EEA 2.",
  "ERCOT will move to EEA 2 at 19:00.",
])("what may come is told to a person and declares nothing: %s", (summary) => {
  expect(said(summary)).toEqual(["nothing", "nothing", "a person"]);
});

it.each(["ERCOT may not declare EEA 2.", "EEA 2 will not be declared.", "EEA is not expected, nor possible."])(
  "what will not come is told to nobody: %s",
  (summary) => {
    expect(said(summary)).toEqual(["nothing", "nothing", "nobody"]);
  },
);

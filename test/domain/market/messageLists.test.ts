import { describe, expect, it } from "vitest";
import { readMessage } from "../../../src/domain/market/readMessage.ts";

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
    ["If needed, ERCOT will declare EEA 2.", "nothing", "nothing", "a person"],
    ["Should conditions worsen, ERCOT will declare EEA 2.", "nothing", "nothing", "a person"],
  ])("%s", (summary, declares, ends, toldTo) => {
    expect(said(summary)).toEqual([declares, ends, toldTo]);
  });
});

import { describe, expect, it } from "vitest";
import { noticesInForce } from "../../../src/domain/market/noticesInForce.ts";
import { type MessageReading, readMessage } from "../../../src/domain/market/readMessage.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const read = (summary: string, type = "Operational Information"): MessageReading => readMessage({ type, summary });
const NOTHING: MessageReading = { ends: [], isForPerson: false };

describe("a message declares what its own clause says", () => {
  it.each([
    ["EEA 2", "Because reserves could not be restored ERCOT has declared EEA Level 2."],
    ["EEA 1", "Reserves are not expected to recover within 30 minutes and EEA Level 1 is declared."],
    ["EEA 2", "As frequency has not recovered ERCOT declares EEA Level 2"],
    ["EEA 2", "Despite no generation outages ERCOT declared EEA Level 2."],
    ["EEA 3", "To avoid uncontrolled blackout ERCOT declares EEA Level 3."],
    ["EEA 2", "Conditions may persist and ERCOT has declared EEA Level 2."],
    ["EEA 2", "ERCOT may issue further notices and ERCOT has declared EEA Level 2."],
    ["EEA 2", "ERCOT has not recovered reserves so EEA Level 2 is now in effect."],
    ["EEA 2", "ERCOT has not issued a Watch and has declared EEA 2."],
    ["load shed", "To prevent cascading ERCOT has initiated load shed."],
    ["EEA 3", "This is not a drill: ERCOT has declared EEA 3."],
    ["EEA 2", "ERCOT has declared EEA Level 2. The drill planned for today is canceled."],
    ["watch", "ERCOT is issuing a Watch for a shortage with no market solution for HE 18-21, which may lead to EEA."],
  ])("%s: %s", (names, summary) => {
    expect(read(summary).declares?.names).toBe(names);
    expect(read(summary).isForPerson).toBe(names === "load shed");
  });

  it.each([
    ["EEA 2", "EEA Stage 2 is in effect."],
    ["EEA 2", "ERCOT declared EEA Lvl 2"],
    ["EEA 2", "ERCOT declared EEA Lvl. 2"],
    ["EEA 2", "EEA No. 2 is in effect."],
    ["EEA 2", "EEA level 2A declared."],
    ["EEA 3", "EEA (Level 3) is declared."],
    ["EEA 2", "A Level 2 Energy Emergency Alert has been declared."],
    ["EEA 3", "EEA Level 1, Level 2 and Level 3 are declared."],
    ["EEA 2", "ERCOT has moved from EEA Level 3 to Level 2."],
    ["energy emergency", "ERCOT declared an EEA in 2026."],
  ])("%s, however its level is written: %s", (names, summary) => {
    expect(read(summary).declares?.names).toBe(names);
  });
});

it.each([
  ["OCN", [], "ERCOT issued an operating condition notice for fixture validation."],
  ["EEA 2", [{ of: "above", level: "eea2" }], "ERCOT has moved from EEA Level 3 to EEA Level 2."],
  ["EEA 2", [], "ERCOT has declared Energy Emergency Alert (EEA) Level 2 & deployed load resources."],
  ["EEA 3", [], "ERCOT has declared EEA Level 3. Transmission operators shed firm load."],
  [undefined, [{ of: "named", names: "energy emergency" }], "ERCOT has terminated the Energy Emergency Alert."],
  [undefined, [{ of: "named", names: "OCN" }], "ERCOT has cancelled the fixture operating condition notice."],
  [undefined, [], "Fixture notice before the Central fall transition."],
  [undefined, [], "DC-tie (DC_R) derated to 100 MW & 50 MW until further notice."],
  [undefined, [], "Sudden loss of generation > 450 MW occurred at 14:02 - frequency 59.91 Hz."],
])("a recorded or simulated wording reads as it stands: %s %j %s", (names, ends, summary) => {
  expect([read(summary).declares?.names, read(summary).ends, read(summary).isForPerson]).toEqual([names, ends, false]);
});

describe("a message declares nothing", () => {
  it.each([
    "ERCOT has not declared EEA 2.",
    "ERCOT has not yet declared an EEA.",
    "No EEA has been declared.",
    "No EEA is in effect.",
    "When ERCOT declares EEA 2 load resources deploy.",
    "If ERCOT has declared EEA 2 customers should conserve.",
    "No Watch, Advisory, or EEA has been declared.",
    "No Watch or EEA has been issued by ERCOT.",
    "ERCOT has not declared a Watch, Advisory or EEA.",
    "There is no EEA, Watch, or OCN in effect at this time.",
    "Neither a Watch nor an EEA is in effect.",
    "ERCOT expects to declare EEA 2.",
    "ERCOT anticipates the possibility of entering EEA.",
    "ERCOT is conducting an EEA drill at 10:00.",
    "EEA 2 test of communications at noon.",
  ])("where it denies, waits, expects or trains: %s", (summary) => {
    expect(read(summary)).toEqual(NOTHING);
  });

  it.each([
    "This is a drill: EEA Level 3 load shed",
    "DRILL DRILL DRILL ERCOT has declared EEA Level 3.",
    "Drill: EEA 3 is terminated.",
    "If needed, ERCOT will declare EEA 2.",
    "If reserves fall further, EEA 2 will be declared.",
    "In case of EEA Level 3, rotating outages follow.",
    "In case of EEA Level 3 load will be shed.",
    "Should EEA 3 be declared, firm load will be shed.",
    "When frequency fell below 59.91 Hz ERCOT declared EEA Level 2.",
    "If conditions worsen, EEA 2 is declared.",
    "Reserves could not be restored EEA Level 2 has been declared.",
    "It is not true that ERCOT has declared EEA 2.",
    "ERCOT will declare EEA 2 at 19:30.",
    "EEA 2 will be declared at 19:30.",
    "Correction to prior notice: ERCOT declared EEA 2 not EEA 3.",
  ])("and a person reads it, where it may: %s", (summary) => {
    expect(read(summary)).toEqual({ ends: [], isForPerson: true });
  });
});

it("an emergency that somebody declares behind any denial is declared or a person reads it, never nothing", () => {
  const denials = [
    "Because reserves could not be restored",
    "As frequency has not recovered",
    "With no more generation available",
    "Without further imports",
    "To avoid a blackout",
    "To prevent cascading outages",
    "Reserves might not recover",
    "When frequency fell",
    "Once reserves fell below 2,000 MW",
    "After possible recovery failed",
    "Expected imports have never arrived",
  ];
  const joins = [" ", ", ", " and ", " so ", ", therefore "];
  const declarations = [
    "ERCOT has declared EEA Level 2",
    "ERCOT declares EEA Level 2",
    "ERCOT is now issuing EEA Level 2",
    "EEA Level 2 is declared",
    "EEA Level 2 has been issued by ERCOT",
    "an EEA Level 2 is in effect",
  ];
  const lost = denials.flatMap((denial) =>
    joins.flatMap((join) =>
      declarations
        .map((declaration) => `${denial}${join}${declaration}.`)
        .filter((summary) => read(summary).declares?.names !== "EEA 2" && !read(summary).isForPerson),
    ),
  );
  expect(lost).toEqual([]);
});

it("what ends or moves behind a denial ends and moves", () => {
  expect(read("Reserves are not short and ERCOT has terminated EEA 2.").ends).toEqual([
    { of: "named", names: "EEA 2" },
  ]);
  const moved = read("Because frequency did not recover ERCOT has moved from EEA 1 to EEA 2.");
  expect([moved.declares?.names, moved.ends]).toEqual(["EEA 2", [{ of: "above", level: "eea2" }]]);
  expect(read("EEA 2 will remain until ERCOT has terminated it.").ends).toEqual([]);
});

it.each([
  [["EEA 1", "EEA 2", "EEA 3"], undefined, "ERCOT has terminated EEA Level 1, Level 2 and Level 3."],
  [["EEA 1", "EEA 2"], undefined, "ERCOT has terminated EEA Level 1 and Level 2."],
  [["EEA 1", "EEA 2"], undefined, "EEA 1 and EEA 2 are terminated."],
  [["watch", "advisory"], undefined, "The Watch and the Advisory have been canceled."],
  [["energy emergency"], undefined, "ERCOT has terminated EEA Levels 1 through 3."],
  [["EEA 1"], "EEA 2", "ERCOT has declared EEA 2 and EEA 1 is terminated."],
])("every level that is named as over is over, and no other: %j, declared %s: %s", (names, declared, summary) => {
  const said = read(summary);
  expect(said.ends.map((ending) => ending.of === "named" && ending.names)).toEqual(names);
  expect(said.declares?.names).toBe(declared);
});

it.each([
  [["EEA 2"], "ERCOT has declared EEA 2 or higher."],
  [["watch"], "ERCOT has issued a Watch, and EEA 2 may be declared."],
  [["watch"], "ERCOT has issued a Watch or Advisory."],
])("a list does not take a denial from behind it: %j: %s", (names, summary) => {
  expect([read(summary).declares?.names]).toEqual(names);
});

it.each([
  ["CORRECTION: The notice of EEA Level 3 was issued in error. ERCOT is in EEA Level 2.", ["EEA 2"]],
  ["EEA Level 3 was issued in error. ERCOT is in EEA Level 2.", ["EEA 2"]],
  ["The EEA Level 3 notice was sent in error.", []],
])("a level issued in error is over, what the correction says holds, and a person reads it: %s", (summary, names) => {
  const row = (minute: number, text: string) => ({
    key: text,
    postedAt: parseInstant(`2026-08-18T19:${minute}:00-05:00`),
    type: "Emergency",
    status: "Active",
    summary: text,
  });
  const { inForce, forPerson } = noticesInForce([row(10, "ERCOT has declared EEA Level 3."), row(20, summary)]);
  expect(inForce.map((notice) => notice.names)).toEqual(names);
  expect(forPerson.map((one) => one.summary)).toEqual([summary]);
});

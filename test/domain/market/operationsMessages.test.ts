import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noticesInForce, type OperationsMessage } from "../../../src/domain/market/noticesInForce.ts";
import { instantsByOrder } from "../../../src/domain/market/pageOrder.ts";
import { readMessage } from "../../../src/domain/market/readMessage.ts";
import { saidByPage } from "../../../src/domain/market/saidByPage.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const INFO = "Operational Information";
const START = parseInstant("2023-09-06T19:00:00-05:00");

/** A message so many minutes after 19:00, by its words. */
function message(minute: number, summary: string, changes: Partial<OperationsMessage> = {}): OperationsMessage {
  const type = changes.type ?? "Emergency";
  const key = `${minute}|${type}|${summary}`;
  return { key, postedAt: addSeconds(START, minute * 60), type, status: "Active", summary, ...changes };
}
const standing = (...messages: readonly OperationsMessage[]): string[] =>
  noticesInForce(messages).inForce.map(({ names }) => names);
const declared = (summary: string, type = INFO): string | undefined => readMessage({ type, summary }).declares?.names;

describe("what one message declares", () => {
  it.each([
    ["ERCOT has declared EEA Level 2. Frequency fell below 59.91 Hz.", "EEA 2"],
    ["EEA2 declared & load resources deployed, no firm load shed at this time.", "EEA 2"],
    ["Energy Emergency Alert (EEA) Level Three is in effect.", "EEA 3"],
    ["ERCOT is in an Energy Emergency.", "energy emergency"],
    ["Due to not enough reserves, ERCOT has declared EEA 1.", "EEA 1"],
    ["ERCOT expects tight reserves and has issued a Watch for hours ending 18-21.", "watch"],
    ["ERCOT issued an operating condition notice for fixture validation.", "OCN"],
    ["ERCOT issued a Weather Watch for June 24 to 26.", "weather watch"],
    ["Voluntary Conservation Notice: 3 p.m. to 8 p.m.", "voluntary conservation"],
    ["A Transmission Emergency exists in the Valley.", "transmission emergency"],
    ["ERCOT has directed 1,000 MW of firm load shed.", "load shed"],
  ])("%s", (summary, names) => {
    expect(declared(summary)).toBe(names);
  });

  it.each([
    "Tight conditions this evening; no EEA is expected.",
    "EEA is not expected this evening.",
    "ERCOT will conduct a drill of EEA 3 on Monday.",
    "Imports are raised to avoid EEA 1.",
    "Grid operators watch the frequency.",
    "Sudden loss of generation greater than 450 MW occurred.",
  ])("nothing: %s", (summary) => {
    expect(readMessage({ type: INFO, summary })).toEqual({ ends: [], isForPerson: false });
  });

  it("is what its type says unless it declares an emergency: a rung inside a sentence of another type stays a word", () => {
    expect(declared("Upgrading the Advisory of 14:00. No EEA is expected.", "Watch")).toBe("watch");
    expect(declared("Due to PRC below 3,000 MW; ERCOT may issue a Watch.", "Advisory")).toBe("advisory");
    expect(declared("The Watch of 14:00 is discussed in this notice.", "OCN")).toBe("OCN");
    expect(declared("EEA 2 is declared.", "Watch")).toBe("EEA 2");
  });

  it("is for a person where it is grave and no pattern knows it, or where no level says what it asks", () => {
    const isForPerson = (summary: string, type = INFO): boolean => readMessage({ type, summary }).isForPerson;
    for (const summary of ["DC tie L is curtailed to 0 MW.", "Local emergency at a substation.", "Be ready to shed."])
      expect(isForPerson(summary)).toBe(true);
    expect(isForPerson("Reserves are low.", "Emergency Notice")).toBe(true);
    expect(isForPerson("A Transmission Emergency exists in the Valley.")).toBe(true);
    expect(isForPerson("DC tie East is derated to 410 MW.")).toBe(false);
    expect(isForPerson("ERCOT has declared EEA 2.", "Emergency")).toBe(false);
  });
});

describe("the notices in force by a page", () => {
  const eea2 = message(25, "ERCOT has declared EEA Level 2.");
  const over = message(97, "ERCOT has terminated the Energy Emergency Alert (EEA).");

  it("are those of 6 September 2023: straight to EEA 2 at 19:25, over at 20:37", () => {
    expect(standing(eea2)).toEqual(["EEA 2"]);
    expect(standing(eea2, over)).toEqual([]);
  });

  it("are the newest rung of the emergency of February 2021, up and down", () => {
    const up = [15, 67, 80].map((minute, i) => message(minute, `ERCOT has declared EEA Level ${i + 1}.`));
    const shed = message(81, "ERCOT has directed firm load shed.");
    const down = [message(6_000, "ERCOT has moved from EEA 3 to EEA 2."), message(6_060, "Moved from EEA 2 to EEA 1.")];
    expect(standing(...up)).toEqual(["EEA 3"]);
    expect(standing(...up, shed)).toEqual(["EEA 3", "load shed"]);
    expect(standing(...up, shed, down[0]!)).toEqual(["EEA 2"]);
    expect(standing(...up, shed, ...down)).toEqual(["EEA 1"]);
    expect(standing(...up, shed, ...down, message(6_100, "Conditions have returned to normal."))).toEqual([]);
  });

  it("are without one that a later message quotes, or whose status is Cancelled", () => {
    const watch = message(0, "ERCOT issued a Watch for a reserve shortage.", { type: "Watch" });
    const quoting = "ERCOT has cancelled the following notice: ERCOT issued a Watch for a reserve shortage.";
    expect(standing(watch, message(50, quoting, { type: INFO }))).toEqual([]);
    expect(standing({ ...watch, status: "Cancelled" })).toEqual([]);
    const ocn = message(-60, "ERCOT issued an OCN for the cold front.", { type: "OCN" });
    expect(standing(ocn, watch, message(50, quoting, { type: INFO }))).toEqual(["OCN"]);
  });

  it("keep a notice that was posted after a cancellation, in whatever order the page has them", () => {
    const again = message(120, "ERCOT has declared EEA Level 2 again.");
    expect(standing(again, over, eea2)).toEqual(["EEA 2"]);
    expect(standing(over, again)).toEqual(["EEA 2"]);
  });

  it("end with what ends them at the same second", () => {
    expect(standing({ ...over, postedAt: eea2.postedAt }, eea2)).toEqual([]);
  });

  it("are not ended by what is denied, waited for, or of another notice", () => {
    for (const words of [
      "EEA 2 has not been terminated.",
      "EEA 2 will be terminated at 21:00.",
      "EEA 2 remains in effect until cancelled.",
      "The Watch is cancelled, EEA 2 remains.",
      "ERCOT recalled Non-Spin during EEA 2.",
      "Conditions are expected to return to normal by 21:00.",
    ])
      expect(standing(eea2, message(60, words, { type: INFO })), words).toContain("EEA 2");
  });

  it("below EEA 1 count for a day, an EEA until it is ended", () => {
    const watch = message(0, "ERCOT issued a Watch.", { type: "Watch" });
    expect(noticesInForce([watch]).inForce[0]?.until).toBe(addSeconds(START, 86_400));
    expect(noticesInForce([eea2]).inForce[0]).not.toHaveProperty("until");
  });

  it("are the same for rows in any order and for rows that stand twice", () => {
    const rows = [
      message(0, "ERCOT issued a Watch.", { type: "Watch" }),
      message(15, "ERCOT has declared EEA 1."),
      eea2,
      message(60, "ERCOT has moved from EEA 2 to EEA 1."),
      over,
      message(120, "ERCOT has declared EEA 3."),
      message(121, "DC tie L is curtailed.", { type: INFO }),
    ];
    const expected = noticesInForce(rows);
    expect(expected.inForce.map(({ names }) => names)).toEqual(["watch", "EEA 3"]);
    expect(expected.forPerson).toHaveLength(1);
    fc.assert(
      fc.property(fc.shuffledSubarray([...rows, ...rows], { minLength: 14 }), (shuffled) => {
        expect(noticesInForce(shuffled)).toEqual(expected);
      }),
    );
  });

  it("are at most twenty, the gravest, whatever a page holds", () => {
    const many = Array.from({ length: 500 }, (_, i) => message(i + 100, `OCN number ${i}.`, { type: "OCN" }));
    const { inForce } = noticesInForce([eea2, ...many]);
    expect(inForce).toHaveLength(20);
    expect(inForce[0]?.names).toBe("EEA 2");
  });
});

describe("the times of a page, which have no offset", () => {
  const autumn = (...times: readonly string[]) => times.map((time) => ({ day: "2026-11-01", time: `${time}:00` }));
  const utc = (rows: ReturnType<typeof autumn>) => instantsByOrder(rows).map((at) => at?.slice(11, 16));

  it("take the copy of the repeated hour that the order of the rows leaves", () => {
    expect(utc(autumn("02:30", "01:20", "01:50", "01:10", "00:30"))).toEqual([
      "08:30",
      "07:20",
      "06:50",
      "06:10",
      "05:30",
    ]);
  });

  it("are the same for the page turned around, as long as one row tells its direction", () => {
    const rows = autumn("02:30", "01:20", "01:50", "01:10", "00:30");
    expect(instantsByOrder(rows.toReversed())).toEqual(instantsByOrder(rows).toReversed());
  });

  it("are unknown where the clocks skip them, which costs the rows beside it nothing", () => {
    const spring = ["03:10", "02:30", "01:50"].map((time) => ({ day: "2026-03-08", time: `${time}:00` }));
    expect(instantsByOrder(spring)).toEqual(["2026-03-08T08:10:00.000Z", undefined, "2026-03-08T07:50:00.000Z"]);
  });
});

it("a page speaks of the moment at which it is read, until its newest message is two days old", () => {
  expect(saidByPage(START, addSeconds(START, 47 * 3_600))).toBe(addSeconds(START, 47 * 3_600));
  expect(saidByPage(START, addSeconds(START, 49 * 3_600))).toBe(START);
});

import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { recordProblem } from "../../../src/domain/decision/recordProblem.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import { TestSite, at, cohort, cohortOfStrike, hashprice, scedLmp, site, instruction } from "./site.ts";

/** 100 machines of 3 kW each: 300 kW a cohort, 900 kW the site; all run at 20 $/MWh. */
const plan = site({
  cohorts: [cohortOfStrike("best", "S21", 90), cohortOfStrike("worst", "S19", 45), cohortOfStrike("middle", "S20", 70)],
});
function quiet(of = plan): TestSite {
  const one = new TestSite(of);
  one.take(hashprice("18:28:00"));
  one.take(scedLmp("18:29:50", 20));
  return one;
}
const sent = (one: TestSite, time: string, changes: Partial<GridInstruction>, id = `m/${time}`) =>
  one.take({ kind: "instruction", id, at: at(time), instruction: instruction(changes) });
const recall = (one: TestSite, time: string, instructionId = "vdi-7") =>
  one.take({ kind: "recall", id: `recall/${time}`, at: at(time), instructionId });
const splits = ({ state }: TestSite): string =>
  state.cohorts.map(({ cohortId, split }) => `${cohortId} ${splitText(split)}`).join("; ");
const problemOf = (one: TestSite, time: string, changes: Partial<GridInstruction>): string | undefined =>
  absorb(one.plan, one.state, { kind: "instruction", id: `p/${time}`, at: at(time), instruction: instruction(changes) })
    .problem;

describe("instructions stand in every record, so they are bounded", () => {
  const fifty = (): TestSite => {
    const one = quiet();
    for (let i = 1; i <= 50; i++) {
      const changes = { instructionId: `vdi-${i}`, demand: { kind: "target", kw: 900 - i } } as const;
      sent(one, "18:31:00", changes, `m/${i}`);
    }
    return one;
  };

  it("the fiftieth is followed; the fifty-first is left out by name, and none that stands goes for it", () => {
    const one = fifty();
    expect(one.state.instructions).toHaveLength(50);
    expect(splits(one)).toBe("best normal; worst 17 off, 83 normal; middle normal");
    const asked = { instructionId: "vdi-51", demand: { kind: "off" } } as const;
    expect(problemOf(one, "18:32:00", asked)).toBe(
      "instruction vdi-51 of QSE is left out and not followed: 50 others stand, at most 50 are kept; have those " +
        "recalled that are over, then have it sent again under a new message id",
    );
    expect(sent(one, "18:32:00", asked).relevant).toBe(false);
    expect(one.state.instructions.map(({ instructionId }) => instructionId)).toEqual(
      Array.from({ length: 50 }, (_, i) => `vdi-${i + 1}`),
    );
  });

  it("a revision of one that stands is followed, and after a recall there is room again", () => {
    const one = fifty();
    sent(one, "18:32:00", { instructionId: "vdi-3", revision: 2, demand: { kind: "target", kw: 600 } });
    expect(splits(one)).toBe("best normal; worst off; middle normal");
    recall(one, "18:33:00", "vdi-3");
    sent(one, "18:34:00", { instructionId: "vdi-51", demand: { kind: "off" } });
    expect(splits(one)).toBe("best off; worst off; middle off");
  });

  it("those that have ended take no room, though no decision has forgotten them yet", () => {
    const one = quiet();
    for (let i = 1; i <= 50; i++)
      sent(
        one,
        "18:31:00",
        { instructionId: `vdi-${i}`, until: at("18:40:00"), demand: { kind: "target", kw: 890 } },
        `m/${i}`,
      );
    expect(problemOf(one, "18:39:59", { instructionId: "vdi-51" })).toContain("50 others stand");
    expect(problemOf(one, "18:40:00", { instructionId: "vdi-51" })).toBeUndefined();
  });

  it("a flood never leaves a site without a record, though its 30 cohorts are all under lock-out", () => {
    const cohorts = Array.from({ length: 30 }, (_, i) => cohort({ cohortId: `cohort-${i}`, lockedOut: true }));
    const one = quiet(site({ cohorts }));
    const long = "x".repeat(190);
    const left: string[] = [];
    for (let i = 0; i < 200; i++) {
      const changes = { instructionId: `${i}/${long}`, issuer: `${'"'.repeat(195)}`, product: long };
      const problem = problemOf(one, "18:31:00", changes);
      if (problem !== undefined) left.push(problem);
      sent(one, "18:31:00", changes, `m/${i}`);
      expect(recordProblem(one.records.at(-1)!)).toBeUndefined();
    }
    expect(left.length + one.state.instructions.length).toBe(200);
    expect(one.state.instructions.length).toBeGreaterThan(5);
    expect(left.at(-1)).toMatch(/ characters of a record, at most 300000 are kept; have those recalled/);
    expect(one.records.at(-1)?.output.broken?.length).toBe(30 * one.state.instructions.length);
  });
});

describe("a revision of an instruction", () => {
  it("to reduce counts from the load before the first took the site off: 900 − 200 = 700 kW, not 0", () => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1 });
    expect(splits(one)).toBe("best off; worst off; middle off");
    sent(one, "18:32:00", { revision: 2, demand: { kind: "reduce", kw: 200 } });
    expect(splits(one)).toBe("best normal; worst 67 off, 33 normal; middle normal");
  });

  it("to reduce, to a level, and to reduce again counts from the first load all the way, also after a recovery", () => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1, demand: { kind: "reduce", kw: 500 } });
    sent(one, "18:32:00", { revision: 2, demand: { kind: "target", kw: 100 } });
    const state = siteStateFromRecords(plan, one.records, { recordHash: "hash", revision: 2 });
    for (const from of [one.state, state]) {
      const again = new TestSite(plan);
      again.state = from;
      sent(again, "18:33:00", { revision: 3, demand: { kind: "reduce", kw: 300 } });
      expect(splits(again)).toBe("best normal; worst off; middle normal");
    }
  });
});

describe("a recalled instruction", () => {
  const ended = (recalledAt: string): TestSite => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1, until: at("18:40:00"), restoreNotBefore: at("18:50:00") });
    recall(one, recalledAt);
    one.decideAt(at("18:45:00"));
    expect(splits(one)).toBe("best off; worst off; middle off");
    return one;
  };

  it.each(["18:35:00", "18:42:00"])(
    "is over for good at %s, before its end or after: no revision brings it back",
    (time) => {
      const one = ended(time);
      expect(sent(one, "18:46:00", { revision: 2 }).relevant).toBe(false);
      one.take(scedLmp("18:49:50", 20));
      expect(sent(one, "18:51:00", { revision: 3 }).relevant).toBe(false);
      expect(splits(one)).toBe("best normal; worst normal; middle normal");
    },
  );

  it.each(["18:35:00", "18:42:00"])("is over for good at %s for a site that is made again from its records", (time) => {
    const before = ended(time);
    for (const [last, later] of [
      ["18:46:00", "18:46:10"],
      ["18:50:00", "18:50:10"],
    ] as const) {
      before.decideAt(at(last));
      const one = quiet();
      one.state = siteStateFromRecords(plan, before.records, { recordHash: "hash", revision: 1 });
      expect(sent(one, later, { revision: 2 }).relevant).toBe(false);
    }
  });
});

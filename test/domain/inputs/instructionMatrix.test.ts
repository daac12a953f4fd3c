import { describe, expect, it } from "vitest";
import { instructedSite } from "../../../src/domain/decision/instructedSite.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import { acceptance } from "../../../src/domain/inputs/instructionAcceptance.ts";
import { aboutOf, type InstructionWord, type WordSender } from "../../../src/domain/inputs/instructionWord.ts";
import {
  inputOfWord,
  knownUnderName,
  standingInstructions,
  type TakenWord,
} from "../../../src/domain/inputs/takenInstruction.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import { at, cohortOfStrike, hashprice, scedLmp, site, TestSite } from "../decision/site.ts";

/** 100 machines of 3 kW: 300 kW, all of it running at 20 $/MWh. */
const staleness = { scedPriceSeconds: 86_400, gridConditionSeconds: 86_400, hashpriceSeconds: 86_400 };
const plan = site({ cohorts: [cohortOfStrike("hall", "S19", 60)], staleness });
const { siteId } = plan;
const QSE: WordSender = { name: "alpha", issuer: "alpha", products: ["ERS-30"], sites: [siteId] };
const ERCOT: WordSender = { ...QSE, name: "ercot", issuer: "ercot" };
const TELEPHONE: WordSender = { name: "maria.lopez" };

/** A desk and its site: what the door answers, then what the machines are told. */
class Desk {
  readonly site = new TestSite(plan);
  readonly #taken: TakenWord[] = [];

  constructor() {
    this.site.take(hashprice("18:28:00"));
    this.site.take(scedLmp("18:29:50", 20));
  }

  /** The answer of the door: verdict, or code of the refusal. */
  comes(time: string, word: InstructionWord, sender: WordSender = QSE): string {
    const standing = standingInstructions(this.#taken);
    const here = word.siteId === siteId ? instructedSite(plan, false) : undefined;
    const atSite = this.#taken.filter((one) => one.word.siteId === word.siteId);
    const known = knownUnderName(atSite, aboutOf(word));
    const verdict = acceptance(word, { sender, site: here, known, standing, at: at(time) });
    if (verdict.kind === "refused") return `refused: ${verdict.code}`;
    if (verdict.kind === "accepted") {
      this.#taken.push({ word, sender: sender.name, at: at(time) });
      const evidence = { door: "http", contentHash: `${this.#taken.length}`, receivedAt: at(time) };
      const input = inputOfWord(word, { id: `word/${this.#taken.length}`, at: at(time), evidence });
      const problem = input === undefined ? undefined : this.site.take(input).problem;
      if (problem !== undefined) throw new Error(`taken at the door, and the site says: ${problem}`);
    }
    return verdict.note === undefined ? verdict.kind : `${verdict.kind}: ${verdict.note.split(":")[0]}`;
  }

  /** What the site orders at a moment: machines off of 100. */
  offAt(time: string): number {
    this.site.decideAt(at(time));
    const split = this.site.state.cohorts[0]?.split ?? [];
    return split.find(({ modeId }) => modeId === "off")?.machines ?? 0;
  }
}

type Told = Partial<Omit<GridInstruction, "from" | "until" | "effectiveBy" | "restoreNotBefore">> & {
  readonly issued?: string;
  readonly from?: string;
  readonly until?: string;
  readonly effectiveBy?: string;
  readonly restoreNotBefore?: string;
  readonly site?: string;
};

function told({
  issued = "18:31:00",
  from,
  until,
  effectiveBy,
  restoreNotBefore,
  site: named = siteId,
  ...more
}: Told): InstructionWord {
  const moment = (name: string, time: string | undefined) => (time === undefined ? {} : { [name]: at(time) });
  return {
    kind: "instruct",
    siteId: named,
    instruction: {
      instructionId: "ers-1",
      issuer: "alpha",
      product: "ERS-30",
      action: "curtail",
      issuedAt: at(issued),
      from: at(from ?? issued),
      ...moment("until", until),
      ...moment("effectiveBy", effectiveBy),
      ...moment("restoreNotBefore", restoreNotBefore),
      ...more,
    },
  };
}

const recalled = (
  issued: string,
  more: { revision?: number; instructionId?: string; issuer?: string } = {},
): InstructionWord => ({
  kind: "recall",
  siteId,
  instructionId: "ers-1",
  issuer: "alpha",
  issuedAt: at(issued),
  ...more,
});
const seen = (instructionId = "ers-1"): InstructionWord => ({
  kind: "acknowledge",
  siteId,
  instructionId,
  issuedAt: at("18:32:00"),
});

/** A step: when, what comes, what the door answers; or when, how many machines are off then. */
type Step =
  | readonly [time: string, word: InstructionWord, answer: string, sender?: WordSender]
  | readonly [time: string, off: number];

const MATRIX: readonly (readonly [outcome: string, steps: readonly Step[]])[] = [
  [
    "no end yet: it holds until it is recalled",
    [
      ["18:31:00", told({}), "accepted"],
      ["23:00:00", 100],
    ],
  ],
  [
    "an end added later ends it then",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:40:00", told({ revision: 2, issued: "18:40:00", from: "18:31:00", until: "19:00:00" }), "accepted"],
      ["18:59:59", 100],
      ["19:00:00", 0],
    ],
  ],
  [
    "extended: it holds to the later end",
    [
      ["18:31:00", told({ until: "19:00:00" }), "accepted"],
      ["18:50:00", told({ revision: 2, issued: "18:50:00", from: "18:31:00", until: "19:30:00" }), "accepted"],
      ["19:15:00", 100],
      ["19:30:00", 0],
    ],
  ],
  [
    "extended after its end has passed: the load goes down again",
    [
      ["18:31:00", told({ until: "18:40:00" }), "accepted"],
      ["18:41:00", 0],
      ["18:42:00", told({ revision: 2, issued: "18:42:00", from: "18:31:00", until: "19:30:00" }), "accepted: late"],
      ["18:43:00", 100],
    ],
  ],
  [
    "shortened: it ends at the earlier end",
    [
      ["18:31:00", told({ until: "20:00:00" }), "accepted"],
      ["18:50:00", told({ revision: 2, issued: "18:50:00", from: "18:31:00", until: "19:00:00" }), "accepted"],
      ["19:00:00", 0],
    ],
  ],
  [
    "shortened to an end that has passed: it ends at once",
    [
      ["18:31:00", told({ until: "20:00:00" }), "accepted"],
      [
        "18:50:00",
        told({ revision: 2, issued: "18:50:00", from: "18:31:00", until: "18:45:00" }),
        "accepted: it ends ers-1 at once",
      ],
      ["18:50:00", 0],
    ],
  ],
  [
    "moved earlier: the load goes down earlier",
    [
      ["18:31:00", told({ from: "19:00:00", until: "20:00:00" }), "accepted"],
      ["18:40:00", 0],
      ["18:41:00", told({ revision: 2, issued: "18:41:00", from: "18:45:00", until: "20:00:00" }), "accepted"],
      ["18:45:00", 100],
    ],
  ],
  [
    "cancelled before the shed: nothing goes down",
    [
      ["18:31:00", told({ from: "19:00:00" }), "accepted"],
      ["18:40:00", recalled("18:40:00"), "accepted"],
      ["19:00:00", 0],
    ],
  ],
  [
    "cancelled in the shed: the load comes back",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:40:00", 100],
      ["18:41:00", recalled("18:41:00"), "accepted"],
      ["18:41:00", 0],
    ],
  ],
  [
    "cancelled in the shed with a hold: nothing comes back before it is over",
    [
      ["18:31:00", told({ restoreNotBefore: "19:00:00" }), "accepted"],
      ["18:41:00", recalled("18:41:00"), "accepted"],
      ["18:59:59", 100],
      ["19:00:00", 0],
    ],
  ],
  [
    "cancelled after its end: taken, and nothing changes",
    [
      ["18:31:00", told({ until: "18:40:00" }), "accepted"],
      ["18:45:00", recalled("18:45:00"), "accepted: ers-1 had ended at 2024-08-20T23"],
      ["18:45:00", 0],
    ],
  ],
  [
    "the same sent again says nothing new",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:32:00", told({}), "repeated"],
      ["18:32:00", 100],
    ],
  ],
  [
    "a recall sent again says nothing new",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:32:00", recalled("18:32:00"), "accepted"],
      ["18:33:00", recalled("18:33:00"), "repeated"],
      ["18:33:00", 0],
    ],
  ],
  [
    "late, with its deadline gone: followed at once, and said",
    [
      ["18:50:00", told({ from: "18:31:00", effectiveBy: "18:41:00" }), "accepted: late"],
      ["18:50:00", 100],
    ],
  ],
  [
    "late, its end gone: refused",
    [
      ["18:50:00", told({ until: "18:45:00" }), "refused: over"],
      ["18:50:00", 0],
    ],
  ],
  [
    "out of order: an older revision changes nothing",
    [
      ["18:31:00", told({ revision: 3, demand: { kind: "target", kw: 150 } }), "accepted"],
      ["18:32:00", told({ revision: 2, issued: "18:30:00" }), "refused: overtaken"],
      ["18:32:00", 50],
    ],
  ],
  [
    "out of order without revisions: what was issued earlier changes nothing",
    [
      ["18:32:00", told({ issued: "18:32:00", demand: { kind: "target", kw: 150 } }), "accepted"],
      ["18:33:00", told({ issued: "18:31:00" }), "refused: overtaken"],
      ["18:33:00", 50],
    ],
  ],
  [
    "without revisions, what was issued later holds",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:33:00", told({ issued: "18:33:00", from: "18:31:00", demand: { kind: "target", kw: 150 } }), "accepted"],
      ["18:33:00", 50],
    ],
  ],
  [
    "a recall that overtakes its instruction holds: the instruction is refused",
    [
      ["18:31:00", recalled("18:31:00"), "accepted: no instruction ers-1 had come"],
      ["18:31:10", told({}), "refused: recalled"],
      ["18:32:00", 0],
    ],
  ],
  [
    "a recall of an older revision does not end the newer",
    [
      ["18:31:00", told({ revision: 2 }), "accepted"],
      ["18:32:00", recalled("18:32:00", { revision: 1 }), "refused: overtaken"],
      ["18:32:00", 100],
    ],
  ],
  [
    "contradicting: other content under the same revision is refused, and the first is followed",
    [
      ["18:31:00", told({ revision: 1, demand: { kind: "target", kw: 150 } }), "accepted"],
      ["18:32:00", told({ revision: 1, issued: "18:32:00" }), "refused: contradicts"],
      ["18:32:00", 50],
    ],
  ],
  [
    "an id is its issuer's own: another's under it is another instruction, its recall and its end are its own",
    [
      ["18:31:00", told({ demand: { kind: "target", kw: 150 } }), "accepted"],
      [
        "18:32:00",
        told({ issuer: "ercot", issued: "18:32:00", demand: { kind: "target", kw: 90 } }),
        "accepted",
        ERCOT,
      ],
      ["18:32:00", 70],
      ["18:33:00", recalled("18:33:00", { issuer: "ercot" }), "accepted", ERCOT],
      ["18:33:00", 50],
      ["18:34:00", told({ issued: "18:34:00", revision: 2, demand: { kind: "target", kw: 0 } }), "accepted"],
      ["18:34:00", 100],
    ],
  ],
  [
    "nobody takes an id before its owner: another's recall or instruction under it leaves the owner's as it comes",
    [
      ["18:30:30", recalled("18:30:30", { issuer: "ercot" }), "accepted: no instruction ers-1 had come", ERCOT],
      ["18:31:00", told({}), "accepted"],
      ["18:31:00", 100],
      ["18:32:00", told({ issuer: "ercot", issued: "18:32:00" }), "refused: recalled", ERCOT],
    ],
  ],
  [
    "on the telephone: a recall in the wrong name is refused, and whose is seen is said where two have the id",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:32:00", recalled("18:32:00", { issuer: "ercot" }), "refused: contradicts", TELEPHONE],
      ["18:32:00", told({ issuer: "ercot", issued: "18:32:00" }), "accepted", TELEPHONE],
      ["18:32:00", seen(), "refused: contradicts", TELEPHONE],
      ["18:32:00", { ...seen(), issuer: "ercot" } as InstructionWord, "accepted", TELEPHONE],
      ["18:33:00", recalled("18:33:00", { issuer: "ercot" }), "accepted", TELEPHONE],
      ["18:33:00", seen(), "accepted", TELEPHONE],
      ["18:33:00", 100],
    ],
  ],
  [
    "two at once: the lower load holds, and after its recall the other",
    [
      ["18:31:00", told({ demand: { kind: "target", kw: 150 } }), "accepted"],
      ["18:31:00", told({ instructionId: "ers-2", demand: { kind: "target", kw: 90 } }), "accepted"],
      ["18:32:00", 70],
      ["18:33:00", recalled("18:33:00", { instructionId: "ers-2" }), "accepted"],
      ["18:33:00", 50],
    ],
  ],
  [
    "recalled is for good: no revision brings it back, a new id does",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:32:00", recalled("18:32:00"), "accepted"],
      ["18:33:00", told({ revision: 2, issued: "18:33:00" }), "refused: recalled"],
      ["18:33:00", 0],
      ["18:34:00", told({ instructionId: "ers-2", issued: "18:34:00" }), "accepted"],
      ["18:34:00", 100],
    ],
  ],
  [
    "wrong MW: more than the site can take",
    [
      ["18:31:00", told({ demand: { kind: "reduce", kw: 301 } }), "refused: power"],
      ["18:31:00", told({ demand: { kind: "target", kw: 300.1 } }), "refused: power"],
      ["18:31:00", told({ demand: { kind: "reduce", kw: 300 } }), "accepted"],
      ["18:32:00", 100],
    ],
  ],
  [
    "wrong MW: a reduction by nothing",
    [
      ["18:31:00", told({ demand: { kind: "reduce", kw: 0 } }), "refused: power"],
      ["18:32:00", 0],
    ],
  ],
  ["wrong cohort", [["18:31:00", told({ cohortIds: ["attic"] }), "refused: power"]]],
  [
    "wrong product",
    [
      ["18:31:00", told({ product: "ERS-10" }), "refused: product"],
      ["18:31:00", told({ product: undefined }), "refused: product"],
      ["18:32:00", 0],
    ],
  ],
  ["wrong time: issued in the future", [["18:31:00", told({ issued: "18:33:01" }), "refused: time"]]],
  [
    "wrong time: it ends before it begins",
    [["18:31:00", told({ from: "19:00:00", until: "18:59:00" }), "refused: time"]],
  ],
  [
    "wrong time: down before it begins, or when it ends",
    [
      ["18:31:00", told({ from: "19:00:00", effectiveBy: "18:59:00" }), "refused: time"],
      ["18:31:00", told({ effectiveBy: "19:00:00", until: "19:00:00" }), "refused: time"],
    ],
  ],
  [
    "wrong time: back before its end",
    [["18:31:00", told({ until: "19:00:00", restoreNotBefore: "18:59:00" }), "refused: time"]],
  ],
  ["wrong site", [["18:31:00", told({ site: "elsewhere" }), "refused: site"]]],
  [
    "acknowledged once; what has not come cannot be",
    [
      ["18:31:00", told({}), "accepted"],
      ["18:32:00", seen(), "accepted"],
      ["18:33:00", seen(), "repeated: acknowledged by alpha at 2024-08-20T23"],
      ["18:33:00", seen("ers-9"), "refused: unknown"],
    ],
  ],
];

describe("what a desk is instructed ends as it expects, or is refused with the reason", () => {
  it.each(MATRIX)("%s", (_, steps) => {
    const desk = new Desk();
    for (const [time, what, answer, sender] of steps as readonly (readonly [
      string,
      InstructionWord | number,
      string?,
      WordSender?,
    ])[]) {
      if (typeof what === "number") expect(`${time} ${desk.offAt(time)} off`).toBe(`${time} ${what} off`);
      else expect(`${time} ${desk.comes(time, what, sender)}`).toBe(`${time} ${answer}`);
    }
  });

  it("another's name, a site that is not the issuer's, one out of service", () => {
    const facts = {
      sender: QSE,
      site: instructedSite(plan, false),
      known: undefined,
      standing: [],
      at: at("18:31:00"),
    };
    expect(acceptance(told({ issuer: "ercot" }), facts)).toMatchObject({ code: "sender", expected: "alpha" });
    const elsewhere = { ...QSE, sites: ["other"] };
    expect(acceptance(told({}), { ...facts, sender: elsewhere })).toMatchObject({ code: "site", expected: "other" });
    expect(acceptance(told({}), { ...facts, site: instructedSite(plan, true) })).toMatchObject({ code: "site" });
  });

  it("an instruction of yesterday is said again before it moves load; one for next month or of last year is a slip of the date", () => {
    const facts = { sender: QSE, site: instructedSite(plan, false), known: undefined, standing: [] };
    const day = (offset: number): Instant =>
      new Date(Date.parse(at("18:31:00")) + offset * 86_400_000).toISOString() as Instant;
    expect(acceptance(told({}), { ...facts, at: day(1.01) })).toMatchObject({ code: "time", where: "issued" });
    const later = told({}) as Extract<InstructionWord, { kind: "instruct" }>;
    const far = { ...later, instruction: { ...later.instruction, from: day(8) } };
    expect(acceptance(far, { ...facts, at: at("18:31:00") })).toMatchObject({ code: "time", where: "effective" });
    const ofLastYear = { ...later, instruction: { ...later.instruction, from: day(-365) } };
    expect(acceptance(ofLastYear, { ...facts, at: at("18:31:00") })).toMatchObject({
      code: "time",
      where: "effective",
      why: expect.stringMatching(/it began at 2023-.*, more than 31 days before/),
    });
  });

  it("fifty stand at a site, forty of one issuer; what comes more is refused by its door", () => {
    const desk = new Desk();
    const another = { ...QSE, name: "tdsp", issuer: "tdsp" };
    const comes = (issuer: string, i: number): string =>
      desk.comes(
        "18:31:00",
        told({ instructionId: `${issuer}-${i}`, issuer, demand: { kind: "target", kw: 299 } }),
        issuer === "alpha" ? QSE : another,
      );
    for (let i = 0; i < 40; i++) expect(comes("alpha", i)).toBe("accepted");
    expect(comes("alpha", 40)).toBe("refused: room");
    for (let i = 0; i < 10; i++) expect(comes("tdsp", i)).toBe("accepted");
    expect(comes("tdsp", 10)).toBe("refused: room");
  });

  it("a person who was told on the telephone may say any product in any issuer's name", () => {
    const desk = new Desk();
    expect(desk.comes("18:31:00", told({ issuer: "tdsp", product: "line work" }), TELEPHONE)).toBe("accepted");
    expect(splitText(desk.site.state.cohorts[0]?.split ?? [])).toBe("off");
  });
});

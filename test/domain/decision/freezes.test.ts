import { describe, expect, it } from "vitest";
import { freezeProblem, standingFreezes } from "../../../src/domain/decision/freezes.ts";
import { freezesAfter, frozenCohorts } from "../../../src/domain/inputs/freezes.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { reconfigured } from "../../../src/domain/decision/reconfigured.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { SiteRun } from "../../../workflows/siteRun.ts";
import { RULE_SET } from "../../../src/domain/decision/decide.ts";
import { initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { at, cohort, HASHPRICE_FOR_75, hashprice, scedLmp, site, TestSite } from "./site.ts";

type FreezeInput = Extract<SiteInput, { kind: "freeze" | "thaw" }>;
const PLAN = site({ cohorts: [cohort({ cohortId: "a" }), cohort({ cohortId: "b" })] });
let serial = 0;
const word = (kind: "freeze" | "thaw", cohortId?: string): FreezeInput => ({
  kind,
  id: `${kind}/${serial++}`,
  at: at("18:00:00"),
  cohortId,
  actor: "maria",
  reason: "electricians at work",
});
const after = (...words: FreezeInput[]): readonly string[] =>
  frozenCohorts(
    PLAN,
    words.reduce((freezes, one) => freezesAfter(freezes, one), [] as ReturnType<typeof freezesAfter>),
  );

describe("what is frozen", () => {
  it.each([
    ["nothing, at first", [], []],
    ["the cohort that was named", [word("freeze", "a")], ["a"]],
    ["every cohort, when the site was named", [word("freeze")], ["a", "b"]],
    ["nothing, after a thaw of the site", [word("freeze"), word("thaw")], []],
    [
      "a cohort with people at it, after a thaw of the site",
      [word("freeze", "a"), word("freeze"), word("thaw")],
      ["a"],
    ],
    [
      "the site, after a thaw of one cohort in it",
      [word("freeze", "a"), word("freeze"), word("thaw", "a")],
      ["a", "b"],
    ],
    ["the other cohort, after a thaw of one", [word("freeze", "a"), word("freeze", "b"), word("thaw", "a")], ["b"]],
    ["the cohort, frozen twice and thawed once", [word("freeze", "a"), word("freeze", "a"), word("thaw", "a")], []],
  ])("%s", (_what, words, cohorts) => expect(after(...words)).toEqual(cohorts));

  it.each([
    ["a cohort that the site does not have", word("freeze", "hall-9"), [], 'the site has no cohort "hall-9"'],
    ["a thaw of what is not frozen", word("thaw", "a"), [], "a is not frozen"],
    ["a thaw of a cohort of a frozen site", word("thaw", "a"), [word("freeze")], /whole site was frozen by maria/],
    ["a thaw of a site of which nothing is frozen", word("thaw"), [], "the site is not frozen"],
    [
      "a thaw of the site where only a cohort is frozen",
      word("thaw"),
      [word("freeze", "a")],
      "the site as a whole is not frozen; thaw one by one a, frozen by maria (electricians at work)",
    ],
    ["a freeze without a reason", { ...word("freeze"), reason: "" }, [], /reason is ""/],
    ["a freeze that is a number", 7 as unknown as FreezeInput, [], /the input is 7/],
  ])("%s is refused with the reason", (_what, input, before, why) => {
    const freezes = before.reduce((kept, one) => freezesAfter(kept, one), [] as ReturnType<typeof freezesAfter>);
    const problem = freezeProblem(PLAN, input, freezes);
    if (typeof why === "string") expect(problem).toBe(why);
    else expect(problem).toMatch(why);
  });
});

describe("a site with a frozen cohort, at a price that sheds both", () => {
  const lmp = (time: string, lmpUsdPerMwh: number): SiteInput => ({
    kind: "sced-lmp",
    id: `sced-lmp/${time}`,
    at: at(time),
    settlementPoint: "HB_HOUSTON",
    scedAt: at(time),
    lmpUsdPerMwh,
    source: "mis/12300",
    contentHash: "0".repeat(64),
  });
  const started = (): SiteRun => {
    const run = new SiteRun({
      plan: PLAN,
      planHash: "plan",
      ruleSet: RULE_SET,
      clock: { kind: "real" },
      dispatch: {
        batchSize: 100,
        deadlineSeconds: 600,
        settleDownSeconds: 5,
        settleUpSeconds: 5,
        redrivesMax: 1,
        abandonedControlSeconds: 30,
      },
      operatingDay: "2024-08-20",
      state: {
        ...initialSiteState(PLAN),
        hashprice: { usdPerPhDay: HASHPRICE_FOR_75, asOf: at("00:00:00") },
      },
      pending: [],
    });
    return run;
  };
  const decide = (run: SiteRun, input: SiteInput) => {
    if (input.kind === "freeze" || input.kind === "thaw") void run.ask(input);
    else run.receive(input, input.at);
    const step = run.takeUp();
    if (step.kind !== "record") throw new Error(`no decision on ${input.id}`);
    const dispatched = run.recorded(step.record, `hash-${step.record.sequence}`);
    run.settle(step.record);
    return { record: step.record, dispatched };
  };

  it("commands the other cohort alone, and sends both down after the thaw", () => {
    const run = started();
    decide(run, lmp("17:59:50", 40));
    decide(run, { ...word("freeze", "a"), at: at("18:01:00") });
    const frozen = decide(run, lmp("18:05:10", 4_000));
    expect(frozen.record.input.facts.frozenCohorts).toEqual(["a"]);
    expect(frozen.record.output.sentence).toContain("; frozen, no command goes to a; ");
    expect(frozen.dispatched?.targets.map(({ cohortId, shares }) => [cohortId, shares[0]?.modeId])).toEqual([
      ["b", "off"],
    ]);
    expect(run.state.cohorts.map(({ cohortId, split }) => [cohortId, splitText(split)])).toEqual([
      ["a", "normal"],
      ["b", "off"],
    ]);
    const thawed = decide(run, { ...word("thaw", "a"), at: at("18:06:00") });
    expect(thawed.record.input.facts).not.toHaveProperty("frozenCohorts");
    expect(thawed.dispatched?.targets.map(({ cohortId, shares }) => [cohortId, shares[0]?.modeId])).toEqual([
      ["a", "off"],
      ["b", "off"],
    ]);
  });

  it("drives a dispatch that the freeze may have stopped half way again after the thaw, under a new revision", () => {
    const run = started();
    decide(run, lmp("17:44:50", 40));
    const shed = decide(run, lmp("17:50:00", 4_000));
    expect(shed.record.dispatch?.revision).toBe(1);
    decide(run, { ...word("freeze"), at: at("17:50:20") });
    const thawed = decide(run, { ...word("thaw"), at: at("17:54:00") });
    expect(thawed.record.dispatch?.revision).toBe(2);
    expect(thawed.dispatched?.targets.map(({ isDriven }) => isDriven)).toContain(true);
    const later = decide(run, lmp("17:55:10", 3_000));
    expect(later.record).not.toHaveProperty("dispatch");
  });
});

describe("a freeze outlives what a site forgets", () => {
  const freeze = { cohortId: "a", actor: "maria", reason: "electricians at work", at: at("18:00:00") };

  it("recovery from records: the cohort is still frozen in every decision, twice recovered, and can be thawed", () => {
    const lived = new TestSite(PLAN);
    lived.take(hashprice("17:50:00"));
    lived.take(scedLmp("17:55:10", 40));
    lived.take(word("freeze", "a"));
    for (const moment of ["18:05:00", "18:10:00"]) {
      const { sequence, revision } = lived.state;
      lived.state = siteStateFromRecords(PLAN, lived.records, { recordHash: `hash-${sequence}`, revision });
      for (const input of standingFreezes([freeze], at(moment))) lived.take(input);
      lived.take(scedLmp(`${moment.slice(0, 5)}:10`, 4_000));
      const last = lived.records.at(-1);
      expect(last?.input.facts.frozenCohorts).toEqual(["a"]);
      expect(freezeProblem(PLAN, word("thaw", "a"), lived.state.freezes ?? [])).toBeUndefined();
    }
    const commanded = lived.records.flatMap(({ dispatch }) => dispatch?.targets ?? []);
    expect(commanded.map(({ cohortId, split }) => [cohortId, splitText(split)])).toEqual([["b", "off"]]);
  });

  it("a configuration without the cohort: it is frozen when it comes back, and may be thawed before that", () => {
    const without = site({ cohorts: [cohort({ cohortId: "b" })] });
    const state = { ...initialSiteState(PLAN), freezes: [freeze] };
    const between = reconfigured(state, PLAN, without);
    expect(frozenCohorts(without, between.freezes ?? [])).toEqual([]);
    expect(freezeProblem(without, word("thaw", "a"), between.freezes ?? [])).toBeUndefined();
    expect(freezeProblem(without, word("freeze", "a"), between.freezes ?? [])).toBe('the site has no cohort "a"');
    const back = reconfigured(between, without, PLAN);
    expect(frozenCohorts(PLAN, back.freezes ?? [])).toEqual(["a"]);
  });
});

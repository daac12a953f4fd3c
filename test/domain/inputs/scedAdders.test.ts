import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { decide } from "../../../src/domain/decision/decide.ts";
import { decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import type { PollResult, WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import { deployedNow } from "../../../src/domain/inputs/deployedNow.ts";
import { deployedText } from "../../../src/domain/inputs/deployed.ts";
import {
  type KnownAdders,
  type ScedAddersInput,
  type ScedAddersObservation,
  scedAdders,
} from "../../../src/domain/inputs/scedAdders.ts";
import { readAdder } from "../../../src/domain/market/readAdder.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, cohort, inputAt, modes, scedLmp, site } from "../decision/site.ts";

const START = at("18:30:00");
const adder = (time: string, adderUsdPerMwh: number) => ({ scedAt: at(time), adderUsdPerMwh, knownAt: at(time) });
const NONE = { loadResourcesMw: "0", ersMw: "0" };
const observed = (time: string, adderUsdPerMwh: string, rest: Partial<ScedAddersObservation> = {}) =>
  ({
    kind: "sced-adders",
    source: "mis/13221",
    documentId: time,
    contentHash: time,
    fetchedAt: at("18:30:00"),
    quality: "PUBLISHED",
    scedAt: at(time),
    adderUsdPerMwh,
    ...NONE,
    ...rest,
  }) satisfies ScedAddersObservation;
const told = (time: string, adderUsdPerMwh: number, rest: Partial<ScedAddersInput> = {}): ScedAddersInput => ({
  kind: "sced-adders",
  id: `sced-adders/${time}/1`,
  at: addSeconds(at(time), 70),
  source: "mis/13221",
  contentHash: "00",
  scedAt: at(time),
  adderUsdPerMwh,
  loadResourcesMw: 0,
  ersMw: 0,
  ...rest,
});

describe("the adder of an interval, read", () => {
  it("is each run's by its seconds: 0 for 10 s, then 717.18 for 890 s make 709.21 $/MWh", () => {
    const runs = [adder("18:25:10", 0), adder("18:30:10", 717.18)];
    expect(readAdder(START, at("18:31:00"), runs)).toBeCloseTo((717.18 * 890) / 900, 9);
  });

  it("is not known where no run in force at the interval's start has one, and not looked at before its run", () => {
    expect(readAdder(START, at("18:31:00"), [adder("18:30:10", 5)])).toBeUndefined();
    expect(readAdder(START, at("18:31:00"), [adder("18:25:10", 5), adder("18:35:10", 900)])).toBe(5);
    expect(readAdder(START, at("18:31:00"), undefined)).toBeUndefined();
  });

  it("stands for 20 minutes after its run, and no second longer", () => {
    const runs = [adder("18:20:10", 5)];
    expect(readAdder(START, at("18:40:10"), runs)).toBe(5);
    expect(readAdder(START, at("18:40:11"), runs)).toBeUndefined();
  });
});

describe("what a site is told of adders", () => {
  const rules: WatchRules = { feedId: "a", silentAs: "sced-adders", silentAfterSeconds: 600, role: "record" };
  const polled = (time: string, ...all: readonly ScedAddersObservation[]): PollResult => ({
    at: at(time),
    read: [{ observations: all, stored: all.map((observation) => ({ observation, version: 1 })) }],
    problems: [],
  });
  const after = (...polls: readonly PollResult[]) => {
    let state: FeedState = {};
    return polls.map((one) => {
      const folded = foldPoll(rules, state, one);
      state = JSON.parse(JSON.stringify(folded.state)) as FeedState;
      return {
        urgent: folded.news.filter(({ kind }) => kind === "sced-adders").map(({ id }) => id.slice(-15, -7)),
        rides: folded.riders.map(({ id }) => id.slice(-15, -7)),
        words: folded.words.map(({ text }) => text),
      };
    });
  };

  it("rides while it says the same, and goes at once when the adder, or what is deployed, changes", () => {
    const [first, quiet, priced, same, deployed, over] = after(
      polled("18:26:00", observed("18:25:10", "0")),
      polled("18:31:00", observed("18:30:10", "0.00")),
      polled("18:36:00", observed("18:35:10", "12.34")),
      polled("18:41:00", observed("18:40:10", "12.340")),
      polled("18:46:00", observed("18:45:10", "12.34", { ersMw: "950", largeLoadMw: "0" })),
      polled("18:51:00", observed("18:50:10", "12.34", { largeLoadMw: "0" })),
    );
    expect(first).toMatchObject({ urgent: ["23:25:10"], rides: [] });
    expect(quiet).toEqual({ urgent: [], rides: ["23:30:10"], words: [] });
    expect(priced).toMatchObject({ urgent: ["23:35:10"], rides: [] });
    expect(same).toMatchObject({ urgent: [], rides: ["23:40:10"] });
    expect(deployed).toEqual({ urgent: ["23:45:10"], rides: [], words: ["ERCOT deploys ERS"] });
    expect(over).toEqual({ urgent: ["23:50:10"], rides: [], words: ["ERCOT's deployments are over"] });
  });

  it("keeps the adder of a run whose deployments cannot be read: what was deployed has neither ended nor begun", () => {
    const unread = { loadResourcesMw: undefined, ersMw: undefined } as unknown as Partial<ScedAddersObservation>;
    const [, unknown, over] = after(
      polled("18:46:00", observed("18:45:10", "12.34", { ersMw: "950" })),
      polled("18:51:00", observed("18:50:10", "12.34", unread)),
      polled("18:56:00", observed("18:55:10", "12.34")),
    );
    expect(unknown).toEqual({ urgent: [], rides: ["23:50:10"], words: [] });
    expect(over).toEqual({ urgent: ["23:55:10"], rides: [], words: ["ERCOT's deployments are over"] });
    const { loadResourcesMw: _load, ersMw: _ers, ...blind } = told("18:50:10", 12.34);
    const ers = told("18:45:10", 12.34, { ersMw: 950 });
    const known = [ers, blind].reduce<KnownAdders>(
      (before, input) => ({
        ...before,
        ...scedAdders.absorb(before as never, input, { site, asOf: input.at } as never).patch,
      }),
      {},
    );
    expect(known.scedAdders?.deployed).toEqual({ scedAt: at("18:50:10") });
    expect(deployedNow(known, at("18:51:00"))).toBeUndefined();
    expect(deployedText(known.scedAdders!.deployed)).toBe("not known");
  });

  it("of a run that comes late is told at once, and does not move what the newest said", () => {
    const [, late, next] = after(
      polled("18:36:00", observed("18:35:10", "12.34")),
      polled("18:37:00", observed("18:30:10", "12.34")),
      polled("18:41:00", observed("18:40:10", "12.34")),
    );
    expect(late?.urgent).toEqual(["23:30:10"]);
    expect(next).toMatchObject({ urgent: [], rides: ["23:40:10"] });
  });

  it("of an hour ago is history: kept, not told", () => {
    expect(after(polled("18:30:00", observed("17:40:10", "900")))[0]).toMatchObject({ urgent: [], rides: [] });
  });

  it("is compared as one text, and the audit finds a row that says something else", () => {
    const row = observed("18:30:10", "12.340", { ersMw: "950.0" });
    expect(scedAdders.columns(row).value).toBe("RTRDPA=12.34 RTDNCLR=0 RTDERS=950");
    expect(scedAdders.restated?.(row, "RTRDPA=1 RTDNCLR=2 RTDERS=3 RTDLL=4")).toMatchObject({
      adderUsdPerMwh: "1",
      loadResourcesMw: "2",
      ersMw: "3",
      largeLoadMw: "4",
    });
    expect(scedAdders.says(row, told("18:30:10", 12.34, { ersMw: 950 }), undefined)).toBe(true);
    expect(scedAdders.says(row, told("18:30:10", 12.35, { ersMw: 950 }), undefined)).toBe(false);
    expect(scedAdders.says(row, told("18:30:10", 12.34), undefined)).toBe(false);
    expect(scedAdders.says(row, told("18:30:10", 12.34, { ersMw: 950, largeLoadMw: 0 }), undefined)).toBe(false);
  });
});

describe("a decision with adders", () => {
  const half = site({ economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 } });
  const deployed = { scedAt: at("18:30:10"), loadResourcesMw: 0, ersMw: 0 };
  const lastSettled = { intervalKey: "2024-08-20/19/2", priceUsdPerMwh: 90, adderUsdPerMwh: 40 } as const;
  const scedRuns = [
    { scedAt: at("18:25:10"), lmpUsdPerMwh: 50 },
    { scedAt: at("18:30:10"), lmpUsdPerMwh: 80 },
  ];
  const input = (runs: readonly ReturnType<typeof adder>[] | undefined, asOf = "18:35:00") =>
    inputAt(half, 0, {
      asOf: at(asOf),
      scedRuns,
      lastSettled,
      ...(runs === undefined ? {} : { scedAdders: { runs, deployed } }),
    });
  // (50 × 10 + 80 × 890) / 900
  const LMPS = 79.6666666666;

  it("counts each run's LMP and adder by its seconds: (50 × 10 + 80 × 890) / 900 + (0 × 10 + 20 × 890) / 900", () => {
    const { expectedPrice: price, sentence } = decide(half, input([adder("18:25:10", 0), adder("18:30:10", 20)]));
    expect(price?.expectedUsdPerMwh).toBeCloseTo(LMPS + 19.7777777777, 9);
    expect(price).toMatchObject({ isAdderRead: true, adderUsdPerMwh: (20 * 890) / 900 });
    expect(sentence).toContain(
      "expected settlement price 99.44 $/MWh for 18:30-18:45 (19.78 of it adder as published)",
    );
  });

  it("reads an adder of zero too: nothing is inferred beside it", () => {
    const { expectedPrice: price, sentence } = decide(half, input([adder("18:25:10", 0), adder("18:30:10", 0)]));
    expect(price?.expectedUsdPerMwh).toBeCloseTo(LMPS, 9);
    expect(sentence).not.toContain("adder");
  });

  it("infers half of the last settled adder of 40 where what was read is too old, and says so", () => {
    const { expectedPrice: price, sentence } = decide(half, input([adder("18:10:10", 0)], "18:35:00"));
    expect(price?.expectedUsdPerMwh).toBeCloseTo(LMPS + 20, 9);
    expect(price?.isAdderRead).toBeUndefined();
    expect(sentence).toContain("(20.00 of it adder inferred from the last settled interval)");
  });

  it("of a record without the fact is what it always was, to the byte", () => {
    const output = decide(half, input(undefined));
    expect(output.expectedPrice).toEqual({ ...output.expectedPrice, adderUsdPerMwh: 20 });
    expect(Object.keys(output.expectedPrice ?? {})).not.toContain("isAdderRead");
    expect(output.sentence).not.toContain("adder");
  });

  it("may move no more than one run may on one bad row of adders, also while that row persists", () => {
    const plan = site({ singleSourceMwMax: 0.06, cohorts: [cohort({ cohortId: "a" })] });
    const runs = [adder("18:25:10", 0), adder("18:30:10", 5_000)];
    const bad = (lmps: typeof scedRuns, asOf: string) =>
      modes(decide(plan, inputAt(plan, 0, { asOf: at(asOf), scedRuns: lmps, scedAdders: { runs, deployed } })));
    const limited = bad(scedRuns, "18:31:30");
    expect(limited).toContain("normal");
    expect(bad([...scedRuns, { scedAt: at("18:35:10"), lmpUsdPerMwh: 50 }], "18:35:30")).toBe(limited);
    const two = [...runs, adder("18:35:10", 5_000)];
    const confirmed = inputAt(plan, 0, {
      asOf: at("18:36:30"),
      scedRuns: [...scedRuns, { scedAt: at("18:35:10"), lmpUsdPerMwh: 50 }],
      scedAdders: { runs: two, deployed },
    });
    expect(modes(decide(plan, confirmed))).toBe("a:off/economic");
  });
});

describe("a site that is told of adders", () => {
  const plan = site();
  const taking = (...inputs: readonly (ScedAddersInput | ReturnType<typeof scedLmp>)[]) => {
    let state: SiteState = initialSiteState(plan);
    const relevant = inputs.map((input) => {
      const taken = absorb(plan, state, input);
      state = JSON.parse(JSON.stringify(taken.state)) as SiteState;
      return taken.relevant;
    });
    return { state, relevant };
  };

  it("decides on what changes its price or a deployment, and not on the same again", () => {
    const { relevant } = taking(
      scedLmp("18:25:10", 40),
      told("18:25:10", 0),
      told("18:30:10", 0),
      told("18:35:10", 7),
      told("18:36:40", 7, { ersMw: 950 }),
      told("18:38:10", 7, { ersMw: 960 }),
    );
    expect(relevant).toEqual([true, false, false, true, true, false]);
  });

  it("freezes the runs of its interval and one before, and takes them up again from its records", () => {
    const times = ["18:05:10", "18:10:10", "18:15:10", "18:20:10", "18:25:10", "18:30:10", "18:35:10"];
    const { state } = taking(...times.map((time, i) => told(time, i)));
    const { facts } = decisionInput(plan, state, at("18:36:30"));
    expect(facts.scedAdders?.runs.map(({ adderUsdPerMwh }) => adderUsdPerMwh)).toEqual([3, 4, 5, 6]);
    const back = scedAdders.recovered([facts], { site: plan, asOf: at("18:36:30"), intervalStart: START });
    expect(back.scedAdders?.runs).toEqual(facts.scedAdders?.runs);
    expect(JSON.stringify(facts.scedAdders).length).toBeLessThan(700);
  });
});

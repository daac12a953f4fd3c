import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AnyFact, factOf, NOTHING_KNOWN, type SiteInput } from "../../../src/domain/inputs/facts.ts";
import { FACTS, MARKET_FACTS } from "../../../src/domain/inputs/index.ts";
import { inputProblem, signalProblem } from "../../../src/domain/inputs/inputProblem.ts";
import { marketFact, type MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { silentFacts } from "../../../src/domain/inputs/silentFacts.ts";
import { unpacked } from "../../../src/domain/inputs/unpacked.ts";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, hashprice, scedLmp, site, TestSite } from "../decision/site.ts";

const LIST: readonly AnyFact[] = FACTS;
const PLAN = site({ gridSource: "feed" });
const head = { id: "1", at: at("18:30:00") };
const able = (time: string, machines: number): SiteInput => ({
  kind: "fleet-able",
  id: `fleet-able/${time}`,
  at: at(time),
  cohorts: [{ cohortId: "a", machines }],
  observedAt: at(time),
});

describe("the facts that are listed", () => {
  it("each have a name of their own, and messages that no other brings", () => {
    const messages = LIST.flatMap((fact) => Object.keys(fact.messages));
    expect(new Set(messages).size).toBe(messages.length);
    expect(new Set(LIST.map(({ kind }) => kind)).size).toBe(LIST.length);
    for (const fact of LIST) expect(fact.called).toMatch(/^[a-zA-Z]/);
  });

  it("are all checked at the mailbox, as a signal or as an operator's update", () => {
    for (const fact of LIST)
      for (const kind of Object.keys(fact.messages)) {
        expect(factOf(kind)).toBe(fact);
        const problem = signalProblem({ ...head, kind });
        if (Object.keys(fact.messages[kind] ?? {}).length > 0) expect(problem).toMatch(new RegExp(`^${kind}: `));
        else expect(problem).toBeUndefined();
      }
  });

  it("are all known before the first, frozen into a decision, and recovered from records in the same shape", () => {
    const at0 = { site: PLAN, asOf: at("18:30:00"), intervalStart: at("18:30:00") };
    for (const fact of LIST) {
      const frozen = fact.freeze(NOTHING_KNOWN, at0);
      expect(Object.keys(JSON.parse(JSON.stringify(fact.recovered([], at0))))).toEqual(Object.keys(fact.none));
      expect(JSON.parse(JSON.stringify(frozen))).toEqual(expect.any(Object));
    }
  });

  it("have members in a decision's facts that are theirs alone", () => {
    const input = decisionInput(PLAN, initialSiteState(PLAN), at("18:30:00"));
    const frozen = LIST.flatMap((fact) =>
      Object.keys(fact.freeze(NOTHING_KNOWN, { ...input, site: PLAN })).map((member) => [member, fact.kind]),
    );
    expect(new Set(frozen.map(([member]) => member)).size).toBe(frozen.length);
    expect(Object.keys(input.facts).toSorted()).toEqual(frozen.map(([member]) => member as string).toSorted());
  });

  it("of the market are all kept by point or for the whole system, and told or counted", () => {
    for (const { kind } of MARKET_FACTS) {
      expect(marketFact(kind).kind).toBe(kind);
      expect(factOf(kind)?.isWatched).toBe(true);
    }
  });

  it("are all on the page that says what a site knows", () => {
    const page = readFileSync("docs/architecture.md", "utf8");
    for (const { kind } of LIST) expect(page).toContain(`\`${kind}\``);
  });
});

describe("the id of what a site is told of its settlement point", () => {
  const provenance = { source: "test", documentId: "d", contentHash: "00", fetchedAt: at("18:30:00") } as const;
  const observed = {
    "sced-lmp": { lmpUsdPerMwh: "42.10", scedAt: at("18:30:13") },
    "settlement-price": {
      priceUsdPerMwh: "55.25",
      interval: { operatingDay: "2024-08-20", hourEnding: 19, interval: 2, repeatedHour: false },
    },
    "day-ahead-price": {
      hour: { operatingDay: "2024-08-21", hourEnding: 1, repeatedHour: false, startsAt: at("00:00:00") },
      priceUsdPerMwh: "22.87",
    },
    "rtd-path": {
      rtdAt: at("18:30:01"),
      steps: [{ endsAt: at("18:35:00"), lmpUsdPerMwh: "69.37" }],
    },
  };
  const rules = { feedId: "prices", silentAfterSeconds: 600 };
  const told = (kind: keyof typeof observed, settlementPoint: string, settlementPointType: string, version = 1) => {
    const point = { settlementPoint, settlementPointType };
    const observation = { ...provenance, ...observed[kind], ...point, kind, quality: "PUBLISHED" } as MarketObservation;
    const { input } = marketFact(kind).hear(observation, version, at("18:46:00"), rules, undefined);
    return input as SiteInput;
  };

  it("names the point, and its type where rows of two types share a name", () => {
    const kinds = MARKET_FACTS.filter(({ scope }) => scope === "point").map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(Object.keys(observed).toSorted());
    expect(told("sced-lmp", "HB_WEST", "HU").id).toBe("sced-lmp/HB_WEST/2024-08-20T23:30:13.000Z/1");
    expect([told("settlement-price", "LZ_WEST", "LZ").id, told("settlement-price", "LZ_WEST", "LZEW").id]).toEqual([
      "settlement-price/LZ_WEST/LZ/2024-08-20/19/2/1",
      "settlement-price/LZ_WEST/LZEW/2024-08-20/19/2/1",
    ]);
  });

  it.each([
    ["sced-lmp", "sced-lmp/2024-08-20T23:30:13.000Z/1"],
    ["settlement-price", "settlement-price/2024-08-20/19/2/1"],
  ] as const)("without the point names the same word: a %s that a site knows so is not taken twice", (kind, id) => {
    const input = told(kind, "HB_WEST", "HU");
    const { state } = absorb(PLAN, initialSiteState(PLAN), { ...input, id });
    expect(absorb(PLAN, state, input)).toEqual({ state, relevant: false, duplicate: true });
    expect(absorb(PLAN, state, told(kind, "HB_WEST", "HU", 2)).duplicate).toBe(false);
  });
});

describe("a fact that this program does not know", () => {
  const unknown = { kind: "frequency", id: "frequency/1", at: at("18:31:00"), hz: 59.91 } as unknown as SiteInput;

  it("is refused at the mailbox by name", () => {
    expect(inputProblem(unknown)).toMatch(/^the input's kind is "frequency"; expected one of sced-lmp, /);
  });

  it("is kept with its id where another program took it up, changes no decision, and is said aloud", () => {
    const before = initialSiteState(PLAN);
    const taken = absorb(PLAN, before, unknown);
    expect(taken).toMatchObject({
      relevant: false,
      problem: "frequency is kept and not read: this program knows no such fact",
    });
    expect(taken.state).toEqual({ ...before, asOf: unknown.at, inputIds: [unknown.id], seenIds: [unknown.id] });
  });

  it("that a newer program knew stays in the state", () => {
    const state = { ...initialSiteState(PLAN), frequency: { hz: 59.91 } };
    expect(absorb(PLAN, state, hashprice("06:00:00")).state).toMatchObject({ frequency: { hz: 59.91 } });
  });
});

describe("silence, one rule for every fact", () => {
  const ready = () => {
    const one = new TestSite(PLAN);
    const grid = { source: "test", contentHash: "00", stateText: "normal", level: "normal" } as const;
    one.take(hashprice("18:00:00"));
    one.take({ ...grid, kind: "grid-condition", id: "g", at: at("18:29:00"), observedAt: at("18:29:00") });
    one.take(scedLmp("18:29:50", 30));
    return one;
  };
  const silentAt = (one: TestSite, seconds: number) => {
    const asOf = addSeconds(at("18:30:00"), seconds);
    const input = decisionInput(PLAN, one.state, asOf);
    return silentFacts(input.facts, { ...input, site: PLAN }).map(({ kind }) => kind);
  };

  it("is what a source says being as old as its limit: the price after ten minutes, the level of the grid never by age", () => {
    const one = ready();
    const limit = PLAN.staleness.scedPriceSeconds - 10;
    expect([silentAt(one, limit - 1), silentAt(one, limit)]).toEqual([[], ["sced-lmp"]]);
  });

  it("is its watcher's word, of the meter too, until it is heard", () => {
    const one = ready();
    for (const feed of ["grid-condition", "meter", "settlement-price"])
      one.take({ kind: "feed-silent", id: `silent/${feed}`, at: at("18:30:10"), feed });
    expect(silentAt(one, 20)).toEqual(["grid-condition", "meter"]);
    one.take({ kind: "feed-restored", id: "back", at: at("18:30:30"), feed: "meter" });
    expect(silentAt(one, 40)).toEqual(["grid-condition"]);
  });
});

describe("who is able to run", () => {
  it("rides in the next price's signal, and the decision on that price goes by it", () => {
    const rider = able("18:31:00", 40);
    const price = scedLmp("18:34:50", 30);
    expect(unpacked({ ...price, riders: [rider] })).toEqual([rider, price]);
    expect(unpacked(price)).toEqual([price]);
    expect(unpacked("nonsense")).toEqual(["nonsense"]);
    expect(unpacked({ ...price, riders: Array.from({ length: 60 }, () => rider) })).toHaveLength(51);
  });

  it("is in the record from its survey on, absent before, and absent again once no survey has renewed it", () => {
    const one = new TestSite(PLAN);
    const seen = (time: string) => decisionInput(PLAN, one.state, at(time)).facts.fleetAble?.cohorts[0]?.machines;
    expect(seen("18:30:30")).toBeUndefined();
    expect(one.take(able("18:31:00", 40)).relevant).toBe(true);
    expect(one.take(able("18:36:00", 40)).relevant).toBe(false);
    expect(one.take(able("18:33:00", 7)).relevant).toBe(false);
    expect([seen("18:37:00"), seen("19:05:59"), seen("19:06:00")]).toEqual([40, 40, undefined]);
  });

  it("that no survey could have counted is refused", () => {
    const bad = { ...able("18:31:00", 40), cohorts: [{ cohortId: "a", machines: -1 }] };
    expect(inputProblem(bad)).toMatch(
      /^fleet-able: cohorts is a list; expected a list, each an object that fits: machines/,
    );
  });
});

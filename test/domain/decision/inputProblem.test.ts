import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { decide } from "../../../src/domain/decision/decide.ts";
import { inputProblem, signalProblem } from "../../../src/domain/inputs/inputProblem.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { at, site } from "./site.ts";

const head = { id: "m1", at: at("18:31:00") };
const provenance = { source: "mis/12300", contentHash: "00" };
const order = {
  orderId: "o-1",
  actor: "desk@pecan",
  reason: "heat",
  action: "curtail",
  from: at("18:00:00"),
  until: at("19:00:00"),
} as const;

/** One good input of each kind. */
const GOOD: { readonly [K in SiteInput["kind"]]: SiteInput & { readonly kind: K } } = {
  "sced-lmp": {
    ...head,
    ...provenance,
    kind: "sced-lmp",
    settlementPoint: "HB_HOUSTON",
    scedAt: at("18:30:10"),
    lmpUsdPerMwh: -251,
    newerFollows: true,
  },
  "day-ahead-price": {
    ...head,
    ...provenance,
    kind: "day-ahead-price",
    settlementPoint: "HB_HOUSTON",
    days: [{ ...provenance, startsAt: at("00:00:00"), usdPerMwh: [22.87, -3.5] }],
  },
  "load-forecast": {
    ...head,
    ...provenance,
    kind: "load-forecast",
    postedAt: at("18:00:00"),
    startsAt: at("00:00:00"),
    systemMw: [61_000.5, null, 60_000],
  },
  "system-demand": {
    ...head,
    ...provenance,
    kind: "system-demand",
    newest: { startsAt: at("18:00:00"), mw: 79_000 },
    dayPeaks: [{ ...provenance, startsAt: at("16:45:00"), mw: 80_000.25 }],
    monthFrom: at("00:00:00"),
  },
  "rtd-path": {
    ...head,
    ...provenance,
    kind: "rtd-path",
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    rtdAt: at("18:30:01"),
    path: [
      [299, 69.37],
      [599, -12.5],
    ],
  },
  "sced-adders": {
    ...head,
    ...provenance,
    kind: "sced-adders",
    scedAt: at("18:30:10"),
    adderUsdPerMwh: 12.34,
    loadResourcesMw: 0,
    ersMw: 950,
    largeLoadMw: 0,
  },
  "as-awards": {
    ...head,
    kind: "as-awards",
    awards: [
      {
        resource: "MINE_LD1",
        qse: "QSE",
        asType: "ECRSM",
        marketType: "DAM",
        tradingDate: "2024-08-20",
        startsAt: at("18:00:00"),
        endsAt: at("19:00:00"),
        awardedMw: "0.2",
      },
    ],
    sender: "qse",
    evidence: { door: "http", contentHash: "00", receivedAt: at("13:30:00") },
  },
  "settlement-price": {
    ...head,
    ...provenance,
    kind: "settlement-price",
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    intervalKey: "2024-08-20/19/2",
    priceUsdPerMwh: 32.41,
  },
  "grid-condition": {
    ...head,
    ...provenance,
    kind: "grid-condition",
    level: "eea2",
    stateText: "EEA 2",
    prcMw: 1700,
    observedAt: at("18:30:30"),
  },
  "grid-notices": {
    ...head,
    ...provenance,
    kind: "grid-notices",
    inForce: [{ key: "ab", names: "EEA 2", level: "eea2", summary: "EEA 2 declared.", postedAt: at("18:29:00") }],
    forPerson: [],
    readAt: at("18:30:50"),
  },
  "sced-mcpc": {
    ...head,
    ...provenance,
    kind: "sced-mcpc",
    scedAt: at("18:30:10"),
    usdPerMwHour: { REGUP: 25_674.3, REGDN: -0.01, RRS: 4.3, ECRS: 0, NSPIN: 1.11 },
  },
  "day-ahead-mcpc": {
    ...head,
    ...provenance,
    kind: "day-ahead-mcpc",
    days: [{ ...provenance, startsAt: at("18:00:00"), usdPerMwHour: { REGUP: [5.01, null, 4.9], RRS: [8] } }],
  },
  "fleet-able": {
    ...head,
    kind: "fleet-able",
    cohorts: [{ cohortId: "a", machines: 118, powerKw: 330 }],
    observedAt: head.at,
  },
  "bitcoin-network": {
    ...head,
    ...provenance,
    kind: "bitcoin-network",
    feedId: "bitcoin-network/node/127.0.0.1:8332",
    height: 963_104,
    difficulty: 127_480_000_000_000.5,
    feesSatsPerBlock: 3_550_000,
    tipAt: at("18:21:40"),
    epochStartedAt: at("02:10:00"),
    observedAt: at("18:30:20"),
  },
  "btc-price": {
    ...head,
    ...provenance,
    kind: "btc-price",
    feedId: "btc-price/kraken/api.kraken.com",
    usdPerBtc: 78_456.69,
    observedAt: at("18:30:20"),
  },
  stop: { ...head, kind: "stop", cohortId: "a", actor: "jo", reason: "smoke in hall 2" },
  "stop-over": { ...head, kind: "stop-over", actor: "jo", reason: "the hall is clear" },
  "involuntary-trip": {
    ...head,
    kind: "involuntary-trip",
    fellAfter: at("18:29:40"),
    fellBy: at("18:29:50"),
    fromKw: 900,
    toKw: 600,
    leastFallKw: 9,
    cohorts: [{ cohortId: "a", darkMachines: 100, darkKw: 300, ableMachines: 0 }],
    looks: [{ at: at("18:29:40"), powerKw: 900, registerWh: "184223904551" }],
    sentence: "the load fell",
  },
  "response-clock": {
    ...head,
    kind: "response-clock",
    instructionId: "ers-1",
    revision: 1,
    product: "ERS-10",
    startedAt: at("18:20:00"),
    dueAt: at("18:30:00"),
    baseKw: 900,
    targetKw: 0,
    looks: [{ at: at("18:20:10"), powerKw: 20 }],
    outcome: "met",
    seconds: 10,
    sentence: "Met in 10 s",
  },
  hashprice: { ...head, ...provenance, kind: "hashprice", usdPerPhDay: 54, asOf: at("00:00:00") },
  "feed-silent": { ...head, kind: "feed-silent", feed: "meter", lastSeenAt: at("18:20:00") },
  "feed-restored": { ...head, kind: "feed-restored", feed: "grid-condition" },
  order: { ...head, kind: "order", order },
  release: { ...head, kind: "release", orderId: "o-1", actor: "desk@pecan", reason: "done" },
  instruction: {
    ...head,
    kind: "instruction",
    instruction: {
      instructionId: "vdi-7",
      issuer: "QSE",
      action: "curtail",
      cohortIds: ["a"],
      from: at("18:00:00"),
      until: at("19:00:00"),
    },
  },
  freeze: { ...head, kind: "freeze", cohortId: "a", actor: "desk@pecan", reason: "electricians" },
  thaw: { ...head, kind: "thaw", actor: "desk@pecan", reason: "done" },
  recall: { ...head, kind: "recall", instructionId: "vdi-7" },
  "dispatch-verdict": {
    ...head,
    kind: "dispatch-verdict",
    revision: 3,
    outcome: "short",
    measuredKw: 812.5,
    seconds: 41,
    stragglers: 2,
  },
  wake: { ...head, kind: "wake" },
};

describe("what may enter a site's mailbox", () => {
  it.each(Object.entries(GOOD))("takes a good %s, also after a trip through JSON", (_, good) => {
    expect(inputProblem(good)).toBeUndefined();
    expect(inputProblem(JSON.parse(JSON.stringify(good)))).toBeUndefined();
  });

  it.each([
    ["nothing", undefined, /the input is missing; expected an object/],
    ["null", null, /the input is null; expected an object/],
    ["a text", "wake", /the input is "wake"; expected an object/],
    ["a list", [GOOD.wake], /the input is a list; expected an object/],
    ["an unknown kind", { ...head, kind: "tariff" }, /the input's kind is "tariff"; expected one of sced-lmp, /],
    ["the name of an object's own member", { ...head, kind: "constructor" }, /kind is "constructor"/],
    ["no kind", head, /kind is missing/],
    ["no id", { ...GOOD.wake, id: undefined }, /wake: id is missing; expected text of 1 to 200 printable characters/],
    ["an hour of the wall clock", { ...GOOD.wake, at: "18:31" }, /at is "18:31"; expected an instant/],
    ["a date that does not exist", { ...GOOD.wake, at: "2024-02-30T18:31:00.000Z" }, /at is "2024-02-30/],
    ["an instant in another form", { ...GOOD.wake, at: "2024-08-20T18:31:00Z" }, /at is "2024-08-20T18:31:00Z"/],
    ["a year of which no calendar speaks", { ...GOOD.wake, at: "9999-12-31T23:59:59.000Z" }, /at is "9999/],
    [
      "a price that is NaN",
      { ...GOOD["sced-lmp"], lmpUsdPerMwh: Number.NaN },
      /lmpUsdPerMwh is NaN; expected a number/,
    ],
    ["a price that JSON made null of NaN", { ...GOOD["sced-lmp"], lmpUsdPerMwh: null }, /lmpUsdPerMwh is null/],
    ["a price as text", { ...GOOD["settlement-price"], priceUsdPerMwh: "32.41" }, /priceUsdPerMwh is "32.41"/],
    ["an interval of hour 25", { ...GOOD["settlement-price"], intervalKey: "2024-08-20/25/1" }, /intervalKey is/],
    ["a level nobody declared", { ...GOOD["grid-condition"], level: "EEA 2" }, /level is "EEA 2"; expected normal or/],
    [
      "a count that is stamped with another moment than it was made at",
      { ...GOOD["fleet-able"], observedAt: at("18:29:59") },
      /fleet-able: at is .*; expected .*, the moment at which the survey counted/,
    ],
    ["a hashprice of 0", { ...GOOD.hashprice, usdPerPhDay: 0 }, /usdPerPhDay is 0; expected a number above 0/],
    ["a feed nobody reads", { ...GOOD["feed-silent"], feed: "weather" }, /feed is "weather"/],
    ["an instruction that is missing", { ...head, kind: "instruction" }, /instruction is missing; expected an object/],
    [
      "an instruction that ends before it begins",
      { ...head, kind: "instruction", instruction: { ...GOOD.instruction.instruction, until: at("17:59:00") } },
      /it ends at .* which is not after its beginning/,
    ],
    [
      "cohorts that are no list",
      { ...head, kind: "instruction", instruction: { ...GOOD.instruction.instruction, cohortIds: "a" } },
      /cohortIds is "a"; expected a list of 1 to 500 cohort ids/,
    ],
    ["a NUL in a reason", { ...GOOD.release, reason: "heat\u0000" }, /reason is .*one line of at most 500 printable/],
    ["half a character in an id", { ...GOOD.wake, id: "wake/\ud800" }, /id is .*200 printable characters/],
    ["a reason of 501 characters", { ...GOOD.release, reason: "x".repeat(501) }, /reason is "xx.*at most 500/],
    ["a revision that is no count", { ...GOOD["dispatch-verdict"], revision: 2.5 }, /revision is 2.5/],
    ["a megabyte in a member nobody reads", { ...GOOD.wake, note: "x".repeat(1_000_000) }, /wake: 1000\d+ characters/],
  ])("refuses %s and says what was expected", (_, bad, message) => {
    expect(inputProblem(bad)).toMatch(message);
  });

  it("refuses an order or a release as a signal: they come as updates, which say who gave them", () => {
    expect(signalProblem(GOOD.order)).toBe("order: expected as an update, not as a signal");
    expect(signalProblem(GOOD.release)).toBe("release: expected as an update, not as a signal");
    expect(signalProblem(GOOD.instruction)).toBeUndefined();
    expect(signalProblem(null)).toMatch(/the input is null/);
  });

  it("whatever arrives, it is refused with a message or taken up and decided on: nothing throws", () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.constantFrom(
        null,
        undefined,
        Number.NaN,
        Infinity,
        "",
        "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00.000Z",
      ),
    );
    const members = [...new Set(Object.values(GOOD).flatMap((one) => Object.keys(one)))];
    const spoiled = fc
      .tuple(fc.constantFrom(...Object.values(GOOD)), fc.dictionary(fc.constantFrom(...members), odd, { maxKeys: 2 }))
      .map(([good, changes]) => ({ ...good, ...changes }));
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(odd, spoiled), (sent) => {
        const problem = inputProblem(sent);
        if (problem !== undefined) {
          refused++;
          return problem.length < 1000;
        }
        taken++;
        const plan = site({ gridSource: "feed" });
        const input = sent as SiteInput;
        const { state } = absorb(plan, initialSiteState(plan), input);
        decide(plan, decisionInput(plan, state, input.at));
        return true;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(100);
  });
});

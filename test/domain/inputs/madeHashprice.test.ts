import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { hashpriceIsSilent } from "../../../src/domain/decision/silence.ts";
import { adopt, decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import { recomputeRecord } from "../../../src/domain/evidence/recomputeRecord.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { at, site } from "../decision/site.ts";

const NODE = "bitcoin-network/node/127.0.0.1:8332";
const EXPLORER = "bitcoin-network/explorer/mempool.space";
const COINBASE = "btc-price/coinbase/api.exchange.coinbase.com";
const KRAKEN = "btc-price/kraken/api.kraken.com";
const listed = (...sources: string[]) => sources.map((source) => ({ source, silentAfterSeconds: 3_600 }));
const plan: SitePlan = site({
  hashprice: { payout: "fpps", maxDifferenceShare: 0.01, maxMoveShare: 0.05, moveStandsAfterSeconds: 1_800 },
  factSources: { "bitcoin-network": listed(EXPLORER, NODE), "btc-price": listed(COINBASE, KRAKEN) },
  staleness: { scedPriceSeconds: 600, gridConditionSeconds: 300, hashpriceSeconds: 3_600 },
});

const network = (
  feedId: string,
  observedAt: Instant,
  changes: { height?: number; tipAt?: Instant; difficulty?: number } = {},
): SiteInput => ({
  kind: "bitcoin-network",
  id: `${feedId}/${observedAt}`,
  at: observedAt,
  feedId,
  height: 963_104,
  difficulty: 1.2748e14,
  feesSatsPerBlock: 3_550_000,
  tipAt: addSeconds(observedAt, -240),
  observedAt,
  source: "bitcoin/node",
  contentHash: "aa",
  ...changes,
});
const price = (feedId: string, usdPerBtc: number, observedAt: Instant): SiteInput => ({
  kind: "btc-price",
  id: `${feedId}/${observedAt}`,
  at: observedAt,
  feedId,
  usdPerBtc,
  observedAt,
  source: "exchange/kraken",
  contentHash: "bb",
});
const after = (inputs: readonly SiteInput[], state: SiteState = initialSiteState(plan)) =>
  inputs.reduce((known, input) => absorb(plan, known, input).state, state);
const NOON = at("12:00:00");
const ALL = [
  network(NODE, NOON),
  network(EXPLORER, addSeconds(NOON, 5)),
  price(COINBASE, 78_456.69, addSeconds(NOON, 10)),
  price(KRAKEN, 78_501, addSeconds(NOON, 10)),
];
const inputAt = (state: SiteState, when: Instant) => decisionInput(plan, state, when);

describe("a hashprice that the site makes", () => {
  it("is 39.13 $/PH/day, of the older part's age, and names each part with source, document and figures", () => {
    const { facts } = inputAt(after(ALL), addSeconds(NOON, 60));
    expect(facts.hashprice?.usdPerPhDay).toBeCloseTo(39.13, 2);
    expect(facts.hashprice).toMatchObject({
      asOf: addSeconds(NOON, 5),
      madeOf: {
        payout: "fpps",
        network: {
          source: EXPLORER,
          contentHash: "aa",
          height: 963_104,
          difficulty: 1.2748e14,
          feesSatsPerBlock: 3_550_000,
        },
        price: { source: COINBASE, contentHash: "bb", usdPerBtc: 78_456.69, observedAt: addSeconds(NOON, 10) },
      },
    });
    const { satsPerPhDay = Number.NaN, price: btc } = facts.hashprice?.madeOf ?? {};
    expect((satsPerPhDay * (btc?.usdPerBtc ?? Number.NaN)) / 1e8).toBe(facts.hashprice?.usdPerPhDay);
  });

  it("is silent, and the site goes by onSilence, without a price, without a network, and when either is an hour old", () => {
    const silentAt = (inputs: readonly SiteInput[], seconds: number) =>
      hashpriceIsSilent(plan, inputAt(after(inputs), addSeconds(NOON, seconds)));
    expect(silentAt(ALL, 60)).toBe(false);
    expect(silentAt(ALL.slice(0, 2), 60)).toBe(true);
    expect(silentAt(ALL.slice(2), 60)).toBe(true);
    expect(silentAt(ALL, 3_600)).toBe(false);
    expect(silentAt(ALL, 3_611)).toBe(true);
  });

  it("goes by the source that still speaks when the other is old", () => {
    const later = addSeconds(NOON, 3_900);
    const state = after([
      ...ALL,
      network(NODE, addSeconds(NOON, 3_600)),
      price(KRAKEN, 78_700, addSeconds(NOON, 3_700)),
    ]);
    expect(inputAt(state, later).facts.hashprice?.madeOf).toMatchObject({
      network: { source: NODE },
      price: { source: KRAKEN, usdPerBtc: 78_700 },
    });
  });

  it("does not go by a node that has seen no block for three hours, though it answers", () => {
    const cutOff = network(NODE, NOON, { tipAt: addSeconds(NOON, -10_801) });
    expect(inputAt(after([cutOff, ...ALL.slice(2)]), addSeconds(NOON, 30)).facts.hashprice).toBeUndefined();
    expect(
      inputAt(after([cutOff, ...ALL.slice(1)]), addSeconds(NOON, 30)).facts.hashprice?.madeOf?.network.source,
    ).toBe(EXPLORER);
  });

  it("is told by no feed that the plan does not list", () => {
    const stranger = price("btc-price/kraken/elsewhere", 10_000, addSeconds(NOON, 20));
    expect(inputAt(after([...ALL, stranger]), addSeconds(NOON, 30)).facts.hashprice?.madeOf?.price.usdPerBtc).toBe(
      78_456.69,
    );
  });

  it("keeps what stood while one exchange alone says a tenth less, for half an hour, with since when", () => {
    const first = decided(after(ALL), addSeconds(NOON, 60));
    const alone = [price(KRAKEN, 70_000, addSeconds(NOON, 300)), price(COINBASE, 62_000, addSeconds(NOON, 300))];
    const second = decided(after(alone, first.state), addSeconds(NOON, 360));
    expect(second.record.input.facts.hashprice?.madeOf?.price).toMatchObject({
      usdPerBtc: 78_456.69,
      isDisputed: true,
      movedSince: addSeconds(NOON, 360),
    });
    const third = decided(second.state, addSeconds(NOON, 360 + 1_799));
    expect(third.record.input.facts.hashprice?.madeOf?.price.usdPerBtc).toBe(78_456.69);
    const fourth = decided(third.state, addSeconds(NOON, 360 + 1_800));
    expect(fourth.record.input.facts.hashprice?.madeOf?.price.usdPerBtc).toBe(62_000);
  });

  it.each([
    ["at a test chain's difficulty of 1", network(NODE, NOON, { difficulty: 1 })],
    ["at a difficulty that no chain has", network(NODE, NOON, { difficulty: 1e30 })],
  ])("is none %s, and the site goes by onSilence", (_what, lie) => {
    const input = inputAt(after([lie, ...ALL.slice(2)]), addSeconds(NOON, 60));
    expect(input.facts.hashprice).toBeUndefined();
    expect(hashpriceIsSilent(plan, input)).toBe(true);
  });

  it("is weighted over the hour of a halving, and both sources alike, so that it waits for nobody", () => {
    // three blocks of the old subsidy to come: half an hour
    const near = [network(NODE, NOON, { height: 1_049_996 }), price(KRAKEN, 78_456.69, NOON)];
    const before = decided(after(near), NOON).record.input.facts.hashprice;
    const later = decided(after(near), addSeconds(NOON, 1_800)).record.input.facts.hashprice;
    expect(before?.usdPerPhDay).toBeCloseTo((39.13 * (2.34375 + 0.0355)) / 3.1605, 2);
    expect(later?.usdPerPhDay).toBeCloseTo((39.13 * (1.5625 + 0.0355)) / 3.1605, 2);
  });

  it("is recomputed from the messages alone, so a forged figure is found", () => {
    const state = initialSiteState(plan);
    const { record } = decided(after(ALL, state), addSeconds(NOON, 60));
    const again = recomputeRecord({
      plan,
      planHash: "p",
      ruleSet: RULE_SET,
      state,
      inputs: ALL,
      asOf: record.input.asOf,
    });
    expect(again.record).toEqual(record);
    const forged = ALL.map((one) => (one.kind === "btc-price" ? { ...one, usdPerBtc: 60_000 } : one));
    const other = recomputeRecord({
      plan,
      planHash: "p",
      ruleSet: RULE_SET,
      state,
      inputs: forged,
      asOf: record.input.asOf,
    });
    expect(other.record.input.facts.hashprice).not.toEqual(record.input.facts.hashprice);
  });

  it("is known again from the records of a site whose run ended", () => {
    const { record, state } = decided(after(ALL), addSeconds(NOON, 60));
    const recovered = siteStateFromRecords(plan, [record], { recordHash: "h", revision: 0 });
    expect(recovered.hashprice).toEqual(state.hashprice);
    expect(inputAt(recovered, addSeconds(NOON, 90)).facts.hashprice).toEqual(
      inputAt(state, addSeconds(NOON, 90)).facts.hashprice,
    );
  });
});

function decided(state: SiteState, asOf: Instant) {
  const input = decisionInput(plan, state, asOf);
  const record = nextRecord({ plan, planHash: "p", ruleSet: RULE_SET, state, input, output: decide(plan, input) });
  return { record, state: adopt(plan, state, record, "h") };
}

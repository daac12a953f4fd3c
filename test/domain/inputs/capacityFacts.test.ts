import { describe, expect, it } from "vitest";
import { dayAheadMcpc, type DayAheadMcpcObservation } from "../../../src/domain/inputs/dayAheadMcpc.ts";
import { type FeedState, standingInputs } from "../../../src/domain/inputs/feedState.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import type { MarketObservation, StoredObservation } from "../../../src/domain/inputs/marketFacts.ts";
import type { FoldedPoll, WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import { scedMcpc, type ScedMcpcObservation } from "../../../src/domain/inputs/scedMcpc.ts";
import type { About } from "../../../src/domain/inputs/siteFact.ts";
import type { SettlementMcpcObservation } from "../../../src/domain/inputs/settlementMcpc.ts";
import { CAPACITY_PRODUCTS, type CapacityProduct } from "../../../src/domain/market/capacityProducts.ts";
import { hoursOfDay } from "../../../src/domain/market/deliveryHour.ts";
import { settlementInterval } from "../../../src/domain/market/calendar.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { LayerLog } from "../../../src/replay/layerLog.ts";
import { checkSources } from "../../../src/replay/layers/sources.ts";
import { site } from "../decision/site.ts";

const at = (time: string, day = "2026-01-28"): Instant => parseInstant(`${day}T${time}-06:00`);
const head = (documentId: string) =>
  ({
    source: "test",
    documentId,
    contentHash: documentId,
    fetchedAt: at("12:00:00"),
    publishedAt: at("12:00:00"),
    quality: "PUBLISHED",
  }) as const;
const run = (time: string, prices: readonly number[], documentId = time): ScedMcpcObservation[] =>
  CAPACITY_PRODUCTS.map(({ product }, i) => ({
    ...head(documentId),
    kind: "sced-mcpc",
    scedAt: at(time),
    product,
    priceUsdPerMwHour: String(prices[i]),
  }));
/** Price n of hour n, thousands by service. */
const day = (operatingDay: string, documentId: string): DayAheadMcpcObservation[] =>
  hoursOfDay(operatingDay).flatMap((startsAt, hour) =>
    CAPACITY_PRODUCTS.map(({ product }, service) => ({
      ...head(documentId),
      kind: "day-ahead-mcpc",
      hour: { ...settlementInterval(startsAt), startsAt },
      product,
      priceUsdPerMwHour: String(service * 1_000 + hour + 1),
    })),
  );
const stored = (observations: readonly MarketObservation[], version = 1): StoredObservation[] =>
  observations.map((observation) => ({ observation, version }));
const rules: WatchRules = { feedId: "f", silentAs: "sced-mcpc", silentAfterSeconds: 3_600, role: "record" };
const poll = (now: Instant, read: readonly StoredObservation[], before: FeedState = {}): FoldedPoll => {
  const observations = read.map(({ observation }) => observation);
  return foldPoll(rules, before, { at: now, read: [{ observations, stored: read }], problems: [] });
};
const about = (asOf: Instant): About => ({ site: site(), asOf, loadKw: () => 0 });
const about5 = { site: site(), intervalStart: at("07:30:00") };

describe("the clearing prices of SCED runs, as a site is told", () => {
  const FERN = [202.26, 0.5, 216.21, 399.45, 12];
  const prices = { REGUP: 202.26, REGDN: 0.5, RRS: 216.21, ECRS: 399.45, NSPIN: 12 };

  it("are one message of five numbers that waits for a ride: no signal of their own", () => {
    const { news, riders } = poll(at("07:41:30"), stored(run("07:40:20", FERN)));
    expect(news).toEqual([]);
    expect(riders).toEqual([
      {
        kind: "sced-mcpc",
        id: "sced-mcpc/2026-01-28T13:40:20.000Z/5",
        at: at("07:41:30"),
        scedAt: at("07:40:20"),
        usdPerMwHour: prices,
        source: "test",
        contentHash: "07:40:20",
      },
    ]);
  });

  it("are those of the newest run, of several that are read together or one after another", () => {
    const two = [...run("07:35:19", [1, 1, 1, 349.89, 1]), ...run("07:40:20", FERN)];
    const first = poll(at("07:41:30"), stored(two));
    expect(first.riders).toMatchObject([{ scedAt: at("07:40:20"), usdPerMwHour: prices }]);
    expect(poll(at("07:42:00"), stored(run("07:35:19", [9, 9, 9, 9, 9], "late")), first.state).riders).toEqual([]);
  });

  it("are told again with a new id where the run is published with another price, and never of an uncapped price", () => {
    const first = poll(at("07:41:30"), stored(run("07:40:20", FERN)));
    const [, , , ecrs] = run("07:40:20", [0, 0, 0, 400, 0], "anew");
    const again = poll(at("07:43:00"), stored([ecrs!], 2), first.state);
    expect(again.riders).toMatchObject([
      { id: "sced-mcpc/2026-01-28T13:40:20.000Z/6", usdPerMwHour: { ...prices, ECRS: 400 } },
    ]);
    const uncapped = run("07:45:20", FERN).map((one) => ({ ...one, isUncapped: true as const }));
    expect(poll(at("07:46:00"), stored(uncapped), again.state).riders).toEqual([]);
  });

  it("are not told of a run that is history, nor as a correction", () => {
    expect(poll(at("08:41:30"), stored(run("07:40:20", FERN))).riders).toEqual([]);
    const corrected = run("07:40:20", FERN).map((one) => ({ ...one, quality: "CORRECTED" as const }));
    expect(poll(at("07:41:30"), stored(corrected)).riders).toEqual([]);
  });

  it("are what the next decision sees and its record keeps; they decide nothing alone, and an older run changes nothing", () => {
    const [told] = poll(at("07:41:30"), stored(run("07:40:20", FERN))).riders as [never];
    const { patch, relevant } = scedMcpc.absorb({}, told, about(at("07:41:30")));
    expect({ patch, relevant }).toEqual({
      patch: { scedMcpc: { scedAt: at("07:40:20"), usdPerMwHour: prices } },
      relevant: false,
    });
    const [older] = poll(at("07:36:00"), stored(run("07:35:19", [1, 1, 1, 1, 1]))).riders as [never];
    expect(scedMcpc.absorb(patch, older, about(at("07:42:00"))).patch).toEqual({});
    const frozen = scedMcpc.freeze(patch, { ...about5, asOf: at("07:42:00") });
    expect(frozen).toEqual(patch);
    expect(scedMcpc.recovered([frozen], { ...about5, asOf: at("07:42:00") })).toEqual(patch);
  });
});

describe("day-ahead clearing prices, as a site is told", () => {
  const published = at("13:31:00", "2026-01-27");
  const told = (observations: readonly DayAheadMcpcObservation[], now: Instant, before: FeedState = {}, version = 1) =>
    poll(now, stored(observations, version), before);
  const known = (inputs: readonly unknown[], asOf: Instant) =>
    inputs.reduce<object>(
      (state, input) => ({ ...state, ...dayAheadMcpc.absorb(state, input as never, about(asOf)).patch }),
      {},
    );
  const series = (patch: object, asOf: Instant) => dayAheadMcpc.freeze(patch, { ...about5, asOf }).dayAheadMcpc;

  it("are one message a document, by service and hour of the day", () => {
    const { riders, news } = told(day("2026-01-28", "d28"), published);
    expect(news).toEqual([]);
    expect(riders).toHaveLength(1);
    const hours = Array.from({ length: 24 }, (_, i) => i + 1);
    expect(riders).toMatchObject([
      {
        days: [
          {
            startsAt: at("00:00:00"),
            contentHash: "d28",
            usdPerMwHour: { REGUP: hours, REGDN: hours.map((h) => 1_000 + h) },
          },
        ],
      },
    ]);
  });

  it("are of today and tomorrow in every message: where two days wait for one ride, neither is lost", () => {
    const first = told(day("2026-01-28", "d28"), published);
    const second = told(day("2026-01-29", "d29"), at("13:31:00"), first.state);
    const left = series(known(second.riders, at("13:35:00")), at("13:35:00"));
    expect(left?.startsAt).toBe(at("13:00:00"));
    expect(left?.usdPerMwHour.REGUP).toEqual([
      ...Array.from({ length: 11 }, (_, i) => 14 + i),
      ...Array.from({ length: 24 }, (_, i) => i + 1),
    ]);
    const third = told(day("2026-01-30", "d30"), at("13:31:00", "2026-01-29"), second.state);
    expect(third.riders).toMatchObject([
      { days: [{ startsAt: at("00:00:00", "2026-01-29") }, { startsAt: at("00:00:00", "2026-01-30") }] },
    ]);
  });

  it.each([
    ["23 on the spring day", "2026-03-08", 23],
    ["25 on the autumn day", "2026-11-01", 25],
  ])("have the hours that the day has: %s", (_, operatingDay, count) => {
    const now = addSeconds(hoursOfDay(operatingDay)[0] as Instant, 1_800);
    const [input] = told(day(operatingDay, "d"), now).riders;
    const left = series(known([input], now), now);
    expect(left?.usdPerMwHour.RRS).toHaveLength(count);
    expect(left?.usdPerMwHour.RRS?.at(-1)).toBe(2_000 + count);
  });

  it("that are corrected go at once, alone, and stay corrected when the day is told again", () => {
    const first = told(day("2026-01-28", "d28"), published);
    const five = day("2026-01-28", "fix").filter(({ product, hour }) => product === "RRS" && hour.hourEnding === 8);
    const fixed = five.map((one) => ({ ...one, priceUsdPerMwHour: "77", quality: "CORRECTED" as const }));
    const correction = told(fixed, at("06:00:00"), {}, 2);
    expect({ news: correction.news.length, riders: correction.riders.length }).toEqual({ news: 1, riders: 0 });
    const again = told(day("2026-01-29", "d29"), at("07:00:00"), first.state);
    const state = known([...first.riders, ...correction.news, ...again.riders], at("07:10:00"));
    expect(series(state, at("07:10:00"))?.usdPerMwHour.RRS?.slice(0, 2)).toEqual([77, 2_009]);
    expect(series(state, at("08:00:00"))?.usdPerMwHour.RRS?.[0]).toBe(2_009);
  });

  it("are told to a site that begins later, and are absent once their hours are over", () => {
    const { state, riders } = told(day("2026-01-28", "d28"), published);
    expect(standingInputs([state], undefined)).toEqual(riders);
    const all = known(riders, published);
    expect(series(all, at("23:59:59"))?.usdPerMwHour.NSPIN).toEqual([4_024]);
    expect(dayAheadMcpc.freeze(all, { ...about5, asOf: at("00:00:00", "2026-01-29") })).toEqual({});
  });

  it("of a day that is over or lies beyond tomorrow are kept and not told", () => {
    expect(told(day("2026-01-26", "d26"), published).riders).toEqual([]);
    expect(told(day("2026-02-28", "far"), published).riders).toEqual([]);
  });
});

describe("what the audit says of clearing prices", () => {
  const observations = day("2026-01-28", "d28");
  const book = { read: async () => ({ observations }) };
  const found = async (change: (input: { days: { usdPerMwHour: Record<CapacityProduct, number[]> }[] }) => void) => {
    const [input] = poll(at("13:31:00", "2026-01-27"), stored(observations)).riders;
    const forged = structuredClone(input) as never;
    change(forged);
    const log = new LayerLog("sources", "kept documents");
    await checkSources([{ input: forged, where: "run 1" }] as never, book as never, log);
    return log.findings.map((one) => `${one.expected}, ${one.found}`);
  };

  it("finds one forged price of 120, and nothing where all stand in their document", async () => {
    expect(await found(() => undefined)).toEqual([]);
    const forged = await found((input) => {
      input.days[0]!.usdPerMwHour.ECRS[7] = 5;
    });
    expect(forged).toEqual([expect.stringMatching(/3008 \$\/MW in the document.*ECRS 5 \$\/MW.* in the history/)]);
  });
});

describe("a clearing price that is settled at", () => {
  const price: SettlementMcpcObservation = {
    ...head("s"),
    kind: "settlement-mcpc",
    interval: { operatingDay: "2026-01-28", hourEnding: 8, interval: 3, repeatedHour: false },
    product: "ECRS",
    priceUsdPerMwHour: "399.45",
  };

  it("is told to nobody, and its moment is what the feed's silence goes by", () => {
    const { news, riders, corrections, state } = foldPoll(
      { ...rules, silentAs: "settlement-mcpc", role: "kept" },
      {},
      { at: at("07:50:00"), read: [{ observations: [price], stored: stored([price]) }], problems: [] },
    );
    expect({ news, riders, corrections, saidAt: state.saidAt }).toEqual({
      news: [],
      riders: [],
      corrections: [],
      saidAt: at("07:45:00"),
    });
    const late = foldPoll({ ...rules, silentAs: "settlement-mcpc", role: "kept" }, state, {
      at: at("09:50:00"),
      read: [],
      problems: [],
    });
    expect({ news: late.news, words: late.words.map(({ text }) => text) }).toEqual({
      news: [],
      words: ["feed silent"],
    });
  });
});

import { dayEnd, intervalEnd, intervalKey, intervalStart, parseIntervalKey } from "../market/calendar.ts";
import type { IntervalKey, Provenance, SettlementInterval } from "../market/model.ts";
import { secondsBetween } from "../units/instant.ts";
import { interval, name, usd } from "./checks.ts";
import { adderChanged, lastSettled, type Prices, type ReadAdders, type SettledPrice } from "./lastSettled.ts";
import { type MarketFact, NEWS_SECONDS, placeText, versionIn } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import { isSamePoint, type SettlementPoint } from "../market/settlementPoint.ts";
import type { Told } from "./told.ts";

/** Settlement price of a quarter hour at a settlement point, $/MWh as published. */
export interface SettlementPriceObservation extends Provenance, SettlementPoint {
  readonly kind: "settlement-price";
  readonly interval: SettlementInterval;
  readonly priceUsdPerMwh: string;
}

/** A settlement price as a site is told. */
export interface SettlementPriceInput extends Told, ToldProvenance, SettlementPoint {
  readonly kind: "settlement-price";
  readonly intervalKey: IntervalKey;
  readonly priceUsdPerMwh: number;
}

/** Settlement prices of the newest settled intervals, ascending. */
export interface KnownSettled {
  readonly settled: readonly SettledPrice[];
}

/** Last settled interval whose LMP average is known too, with the difference (adder), $/MWh. */
export interface FrozenSettled {
  readonly lastSettled?: ReturnType<typeof lastSettled>;
}

/** Settled intervals whose price a site keeps. */
const SETTLED_INTERVALS = 2;

/** Settlement price of an interval that has ended. A changed one, or one of an ended day, settles the day again. */
export const settlementPrice: MarketFact<
  SettlementPriceObservation,
  SettlementPriceInput,
  Prices & ReadAdders,
  KnownSettled,
  FrozenSettled
> = {
  kind: "settlement-price",
  scope: "point",
  called: "settlement price",
  comparedAs: "number",
  isWatched: true,
  corrects: true,
  messages: {
    "settlement-price": {
      ...PROVENANCE,
      settlementPoint: name,
      settlementPointType: name,
      intervalKey: interval,
      priceUsdPerMwh: usd,
    },
  },
  columns: (observation) => ({
    point: observation.settlementPoint,
    pointType: observation.settlementPointType,
    key: intervalKey(observation.interval),
    value: observation.priceUsdPerMwh,
  }),
  restated: (observation, value) => ({ ...observation, priceUsdPerMwh: value }),
  saidAt: (observation) => intervalEnd(observation.interval),
  hear(observation, version, at) {
    const { kind, settlementPoint, settlementPointType, priceUsdPerMwh, source, contentHash } = observation;
    const { operatingDay } = observation.interval;
    const key = intervalKey(observation.interval);
    const place = `${settlementPoint}/${settlementPointType}/${key}`;
    const correction =
      version > 1 || dayEnd(operatingDay) < at
        ? {
            operatingDay,
            id: `price/${place}/${version}`,
            why: `settlement price of ${key} is ${priceUsdPerMwh} $/MWh (version ${version})`,
          }
        : undefined;
    if (secondsBetween(intervalStart(observation.interval), at) > NEWS_SECONDS) return { correction };
    return {
      correction,
      input: {
        kind,
        id: `${kind}/${place}/${version}`,
        at,
        settlementPoint,
        settlementPointType,
        intervalKey: key,
        priceUsdPerMwh: Number(priceUsdPerMwh),
        source,
        contentHash,
      },
    };
  },
  idWithoutPoint: ({ kind, intervalKey: key, id }) => `${kind}/${key}/${versionIn(id)}`,
  says: (row, told) =>
    isSamePoint(row, told) &&
    intervalKey(row.interval) === told.intervalKey &&
    Number(row.priceUsdPerMwh) === told.priceUsdPerMwh,
  place: (value) =>
    placeText(
      value.settlementPoint,
      value.settlementPointType,
      "interval" in value ? intervalKey(value.interval) : value.intervalKey,
    ),
  text: ({ priceUsdPerMwh }) => `${priceUsdPerMwh} $/MWh`,
  none: { settled: [] },
  absorb(known, input, { site, asOf }) {
    const { intervalKey: key, priceUsdPerMwh } = input;
    if (!isSamePoint(input, site)) return { patch: {}, relevant: false };
    const others = known.settled.filter((one) => one.intervalKey !== key);
    const settled = newest([...others, { intervalKey: key, priceUsdPerMwh }]);
    const relevant = adderChanged(site.economic.adderShare, known, { ...known, settled }, asOf);
    return { patch: { settled }, relevant, isHeard: true };
  },
  freeze: (known) => ({ lastSettled: lastSettled(known) }),
  recovered(records) {
    const said = records.flatMap(({ lastSettled: one }) => (one === undefined ? [] : [one]));
    const byInterval = new Map(
      said.map(({ intervalKey: key, priceUsdPerMwh }) => [key, { intervalKey: key, priceUsdPerMwh }]),
    );
    return { settled: newest([...byInterval.values()]) };
  },
};

function newest(prices: readonly SettledPrice[]): readonly SettledPrice[] {
  return prices.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1)).slice(-SETTLED_INTERVALS);
}

function startOf(price: SettledPrice): string {
  return intervalStart(parseIntervalKey(price.intervalKey));
}

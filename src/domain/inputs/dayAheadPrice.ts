import { dayEnd, dayStart, nextDay, operatingDayOf } from "../market/calendar.ts";
import { HOUR_SECONDS } from "../market/deliveryHour.ts";
import type { OperatingDay, Provenance } from "../market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { instant, listOf, name, object } from "./checks.ts";
import { type MarketFact, placeText } from "./marketFact.ts";
import { hourlyUsd } from "./pathChecks.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Day-ahead settlement point prices of an operating day at a settlement point: every hour in order, as published. */
export interface DayAheadPriceObservation extends Provenance {
  readonly kind: "day-ahead-price";
  readonly settlementPoint: string;
  readonly operatingDay: OperatingDay;
  readonly hourlyUsdPerMwh: readonly string[];
}

/** Prices of hours that follow one another, $/MWh, from the start of the first. */
export interface HourlyPrices {
  readonly startsAt: Instant;
  readonly usdPerMwh: readonly number[];
}

/** Day-ahead prices as a site is told: of today and tomorrow, each from its document. */
export interface DayAheadPriceInput extends Told, ToldProvenance {
  readonly kind: "day-ahead-price";
  readonly settlementPoint: string;
  readonly days: readonly (HourlyPrices & ToldProvenance)[];
}

/** Day-ahead prices that a site knows; a record has the hours that are not over. */
export interface KnownDayAheadPrice {
  readonly dayAheadPrice?: readonly HourlyPrices[];
}

/** The days that are not over, whose news wait for their ride. */
interface DayAheadPriceMemory {
  readonly days: DayAheadPriceInput["days"];
}

/**
 * Day-ahead settlement point prices (ERCOT report NP4-190), without a type: a zone has its plain price. A day is
 * published about 13:30 of the day before. They decide nothing and ride; every message holds today and tomorrow.
 */
export const dayAheadPrice: MarketFact<
  DayAheadPriceObservation,
  DayAheadPriceInput,
  KnownDayAheadPrice,
  KnownDayAheadPrice,
  KnownDayAheadPrice,
  DayAheadPriceMemory
> = {
  kind: "day-ahead-price",
  scope: "point",
  called: "day-ahead price",
  comparedAs: "text",
  isWatched: true,
  rides: true,
  standsUntilChanged: true,
  messages: {
    "day-ahead-price": {
      ...PROVENANCE,
      settlementPoint: name,
      days: listOf(object({ source: name, contentHash: name, startsAt: instant, usdPerMwh: hourlyUsd })),
    },
  },
  columns: ({ settlementPoint, operatingDay, hourlyUsdPerMwh }) => ({
    point: settlementPoint,
    pointType: "",
    key: operatingDay,
    value: hourlyUsdPerMwh.map(Number).join(" "),
  }),
  restated: (observation, value) => ({ ...observation, hourlyUsdPerMwh: value.split(" ") }),
  saidAt: ({ operatingDay }) => dayStart(operatingDay),
  hear({ kind, settlementPoint, operatingDay, hourlyUsdPerMwh, source, contentHash }, version, at, _rules, memory) {
    if (dayEnd(operatingDay) <= at || operatingDay > nextDay(operatingDayOf(at))) return {};
    const startsAt = dayStart(operatingDay);
    const known = memory?.days.filter((day) => day.startsAt !== startsAt && endOf(day) > at) ?? [];
    const own = { startsAt, usdPerMwh: hourlyUsdPerMwh.map(Number), source, contentHash };
    const days = [...known, own].toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
    const id = `${kind}/${settlementPoint}/${operatingDay}/${version}`;
    return { memory: { days }, input: { kind, id, at, settlementPoint, days, source, contentHash } };
  },
  /** Each holds the ones before it. */
  inOrder: (told) => told.slice(-1),
  parts: (told) => told.days.map((day) => ({ ...told, source: day.source, contentHash: day.contentHash, days: [day] })),
  says: (row, told) =>
    row.settlementPoint === told.settlementPoint &&
    told.days.every(
      ({ startsAt, usdPerMwh }) =>
        dayStart(row.operatingDay) === startsAt && sameValue(row.hourlyUsdPerMwh.map(Number), usdPerMwh),
    ),
  place: (value) =>
    placeText(
      value.settlementPoint,
      ...("days" in value ? value.days.map(({ startsAt }) => operatingDayOf(startsAt)) : [value.operatingDay]),
    ),
  text: (value) =>
    `${("days" in value ? value.days.flatMap(({ usdPerMwh }) => usdPerMwh) : value.hourlyUsdPerMwh).join(" ")} $/MWh`,
  none: {},
  absorb({ dayAheadPrice: known = [] }, { settlementPoint, days }, { site, asOf }) {
    if (settlementPoint !== site.settlementPoint) return { patch: {}, relevant: false };
    const told = days.map(({ startsAt, usdPerMwh }) => ({ startsAt, usdPerMwh }));
    const others = known.filter(({ startsAt }) => !told.some((day) => day.startsAt === startsAt));
    const all = [...others, ...told].filter((day) => endOf(day) > asOf);
    const ascending = all.toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
    return { patch: { dayAheadPrice: ascending.slice(0, DAYS) }, relevant: false, isHeard: true };
  },
  freeze({ dayAheadPrice: known = [] }, { asOf }) {
    const left = known.filter((day) => endOf(day) > asOf).map((day) => fromHourOf(day, asOf));
    return left.length === 0 ? {} : { dayAheadPrice: left };
  },
  recovered: (records) => {
    const known = records.at(-1)?.dayAheadPrice;
    return known === undefined ? {} : { dayAheadPrice: known };
  },
};

/** Today and tomorrow. */
const DAYS = 2;

function endOf({ startsAt, usdPerMwh }: HourlyPrices): Instant {
  return addSeconds(startsAt, usdPerMwh.length * HOUR_SECONDS);
}

/** Without the hours that are over. */
function fromHourOf(day: HourlyPrices, asOf: Instant): HourlyPrices {
  const over = Math.floor(secondsBetween(day.startsAt, asOf) / HOUR_SECONDS);
  if (over <= 0) return day;
  return { startsAt: addSeconds(day.startsAt, over * HOUR_SECONDS), usdPerMwh: day.usdPerMwh.slice(over) };
}

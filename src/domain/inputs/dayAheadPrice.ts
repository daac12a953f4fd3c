import { dayEnd, dayStart, nextDay, operatingDayOf, previousDay } from "../market/calendar.ts";
import { type DeliveryHour, HOUR_SECONDS, hourKey } from "../market/deliveryHour.ts";
import { type HourlyPrices, type HourPrice, hourlyRuns, hoursOf, standingHours } from "../market/hourlyPrices.ts";
import type { Provenance } from "../market/model.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { instant, listOf, name, object, optional } from "./checks.ts";
import { type MarketFact, placeText } from "./marketFact.ts";
import { hourlyUsd, hourVersions } from "./pathChecks.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Day-ahead settlement point price of an hour at a settlement point, as published. */
export interface DayAheadPriceObservation extends Provenance {
  readonly kind: "day-ahead-price";
  readonly settlementPoint: string;
  readonly hour: DeliveryHour;
  readonly priceUsdPerMwh: string;
}

/** Hours of one day that one document says. */
type HoursOfDocument = HourlyPrices & ToldProvenance;

/** Day-ahead prices as a site is told: of today and tomorrow, each run of hours from its document. */
export interface DayAheadPriceInput extends Told, ToldProvenance {
  readonly kind: "day-ahead-price";
  readonly settlementPoint: string;
  readonly days: readonly HoursOfDocument[];
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
 * published about 13:30 of the day before. They decide nothing and ride; a correction goes at once, for another feed
 * brings it. Every message holds today and tomorrow.
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
  comparedAs: "number",
  isWatched: true,
  rides: true,
  standsUntilChanged: true,
  messages: {
    "day-ahead-price": {
      ...PROVENANCE,
      settlementPoint: name,
      days: listOf(
        object({
          source: name,
          contentHash: name,
          startsAt: instant,
          usdPerMwh: hourlyUsd,
          versions: optional(hourVersions),
        }),
      ),
    },
  },
  columns: ({ settlementPoint, hour, priceUsdPerMwh }) => ({
    point: settlementPoint,
    pointType: "",
    key: hourKey(hour),
    value: priceUsdPerMwh,
  }),
  restated: (observation, value) => ({ ...observation, priceUsdPerMwh: value }),
  saidAt: ({ hour }) => hour.startsAt,
  publishedFrom: ({ hour }) => dayStart(previousDay(hour.operatingDay)),
  hear({ kind, settlementPoint, hour, priceUsdPerMwh, quality, source, contentHash }, version, at, _rules, memory) {
    const { operatingDay, startsAt } = hour;
    if (dayEnd(operatingDay) <= at || operatingDay > nextDay(operatingDayOf(at))) return {};
    const known = memory?.days.flatMap(toldHours) ?? [];
    const own = { startsAt, usdPerMwh: Number(priceUsdPerMwh), version, source, contentHash };
    const hours = standingHours([...known, own]).filter((one) => dayEnd(operatingDayOf(one.startsAt)) > at);
    const days = byDocument(hours);
    const said = hours.filter((one) => one.contentHash === contentHash).length;
    const id = `${kind}/${settlementPoint}/${operatingDay}/${contentHash.slice(0, 16)}/${said}`;
    return {
      memory: { days },
      input: { kind, id, at, settlementPoint, days, source, contentHash },
      ...(quality === "CORRECTED" ? { isUrgent: true } : {}),
    };
  },
  /** Each holds the ones before it. */
  inOrder: (told) => told.slice(-1),
  parts: (told) =>
    told.days
      .flatMap(toldHours)
      .map((one) => ({ ...told, source: one.source, contentHash: one.contentHash, days: byDocument([one]) })),
  says: (row, told) =>
    row.settlementPoint === told.settlementPoint &&
    told.days
      .flatMap(toldHours)
      .every((one) => row.hour.startsAt === one.startsAt && Number(row.priceUsdPerMwh) === one.usdPerMwh),
  place: (value) =>
    placeText(value.settlementPoint, ...("days" in value ? value.days.flatMap(hoursOf) : [value.hour]).map(startOf)),
  text: (value) =>
    "days" in value
      ? `${value.days.flatMap(({ usdPerMwh }) => usdPerMwh).join(" ")} $/MWh`
      : `${value.priceUsdPerMwh} $/MWh`,
  none: {},
  absorb({ dayAheadPrice: known = [] }, { settlementPoint, days }, { site, asOf }) {
    if (settlementPoint !== site.settlementPoint) return { patch: {}, relevant: false };
    const hours = standingHours([...known, ...days].flatMap(hoursOf));
    return { patch: { dayAheadPrice: runsFrom(hours, asOf) }, relevant: false, isHeard: true };
  },
  freeze({ dayAheadPrice: known = [] }, { asOf }) {
    const left = runsFrom(known.flatMap(hoursOf), asOf);
    return left.length === 0 ? {} : { dayAheadPrice: left };
  },
  recovered: (records) => {
    const known = records.at(-1)?.dayAheadPrice;
    return known === undefined ? {} : { dayAheadPrice: known };
  },
};

/** Today and tomorrow have at most so many hours. */
const HOURS_AHEAD = 49;

interface ToldHour extends HourPrice, ToldProvenance {}

function toldHours(day: HoursOfDocument): ToldHour[] {
  return hoursOf(day).map((one) => ({ ...one, source: day.source, contentHash: day.contentHash }));
}

function byDocument(hours: readonly ToldHour[]): HoursOfDocument[] {
  const isOfOne = (one: ToldHour, next: ToldHour): boolean => one.contentHash === next.contentHash;
  return hourlyRuns(hours, isOfOne).map(({ first: { source, contentHash }, ...run }) => ({
    ...run,
    source,
    contentHash,
  }));
}

/** Without the hours that are over, and those after tomorrow. */
function runsFrom(hours: readonly HourPrice[], asOf: Instant): HourlyPrices[] {
  const left = hours.filter(({ startsAt }) => addSeconds(startsAt, HOUR_SECONDS) > asOf).slice(0, HOURS_AHEAD);
  return hourlyRuns(left).map(({ first: _, ...run }) => run);
}

function startOf({ startsAt }: { readonly startsAt: Instant }): Instant {
  return startsAt;
}

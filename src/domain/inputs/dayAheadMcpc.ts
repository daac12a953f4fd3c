import { dayEnd, dayStart, nextDay, operatingDayOf, previousDay } from "../market/calendar.ts";
import {
  type CapacityHour,
  type CapacitySeries,
  capacityFrom,
  capacitySeries,
  hoursOf,
} from "../market/capacitySeries.ts";
import type { CapacityProduct } from "../market/capacityProducts.ts";
import { type DeliveryHour, hourKey } from "../market/deliveryHour.ts";
import type { Provenance } from "../market/model.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { capacityHours } from "./capacityChecks.ts";
import { instant, listOf, name, object } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Day-ahead clearing price for capacity of one service in one hour, $/MW for an hour as published. */
export interface DayAheadMcpcObservation extends Provenance {
  readonly kind: "day-ahead-mcpc";
  readonly hour: DeliveryHour;
  readonly product: CapacityProduct;
  readonly priceUsdPerMwHour: string;
}

/** What one document says of the hours of one day. */
type DayOfDocument = CapacitySeries & ToldProvenance;

/** The day-ahead clearing prices as a site is told: of today and tomorrow, the newest document last. */
export interface DayAheadMcpcInput extends Told, ToldProvenance {
  readonly kind: "day-ahead-mcpc";
  readonly days: readonly DayOfDocument[];
}

/** Day-ahead clearing prices of the hours that are not over, from the first of them that a site knows. */
export interface KnownDayAheadMcpc {
  readonly dayAheadMcpc?: CapacitySeries;
}

/** Documents about days that are not over, whose news wait for their ride. */
interface DayAheadMcpcMemory {
  readonly days: readonly DayOfDocument[];
}

/** Documents about today and tomorrow, posted anew and corrected. */
const DOCUMENTS = 6;
/** Today and tomorrow have at most so many hours. */
const HOURS_AHEAD = 49;

/**
 * Day-ahead clearing prices for capacity (MCPC): a day is published about 13:30 the day before. They change no decision
 * alone and ride; a correction goes at once, for another feed brings it. Every message holds today and tomorrow.
 */
export const dayAheadMcpc: MarketFact<
  DayAheadMcpcObservation,
  DayAheadMcpcInput,
  KnownDayAheadMcpc,
  KnownDayAheadMcpc,
  KnownDayAheadMcpc,
  DayAheadMcpcMemory
> = {
  kind: "day-ahead-mcpc",
  scope: "system",
  called: "day-ahead capacity price",
  comparedAs: "number",
  isWatched: true,
  rides: true,
  standsUntilChanged: true,
  messages: {
    "day-ahead-mcpc": {
      ...PROVENANCE,
      days: listOf(object({ source: name, contentHash: name, startsAt: instant, usdPerMwHour: capacityHours })),
    },
  },
  columns: ({ hour, product, priceUsdPerMwHour }) => ({
    point: product,
    pointType: "",
    key: hourKey(hour),
    value: priceUsdPerMwHour,
  }),
  restated: (observation, value) => ({ ...observation, priceUsdPerMwHour: value }),
  saidAt: ({ hour }) => hour.startsAt,
  publishedFrom: ({ hour }) => dayStart(previousDay(hour.operatingDay)),
  hear({ kind, hour, product, priceUsdPerMwHour, quality, source, contentHash }, version, at, _rules, memory) {
    const { operatingDay, startsAt } = hour;
    if (dayEnd(operatingDay) <= at || operatingDay > nextDay(operatingDayOf(at))) return {};
    const price = { product, startsAt, usdPerMwHour: Number(priceUsdPerMwHour), version };
    const isOwn = (day: DayOfDocument): boolean =>
      day.contentHash === contentHash && operatingDayOf(day.startsAt) === operatingDay;
    const known = memory?.days.filter((day) => dayEnd(operatingDayOf(day.startsAt)) > at) ?? [];
    const prices = [...known.filter(isOwn).flatMap(hoursOf), price];
    const own = { ...(capacitySeries(prices) as CapacitySeries), source, contentHash };
    const days = [...known.filter((day) => !isOwn(day)), own].slice(-DOCUMENTS);
    const id = `${kind}/${operatingDay}/${contentHash.slice(0, 16)}/${prices.length}`;
    return {
      memory: { days },
      input: { kind, id, at, days, source, contentHash },
      ...(quality === "CORRECTED" ? { isUrgent: true } : {}),
    };
  },
  /** Each holds the ones before it. */
  inOrder: (told) => told.slice(-1),
  parts: (told) =>
    told.days.flatMap((day) =>
      hoursOf(day).map((one) => ({
        ...told,
        source: day.source,
        contentHash: day.contentHash,
        days: [{ ...(capacitySeries([one]) as CapacitySeries), source: day.source, contentHash: day.contentHash }],
      })),
    ),
  says: (row, told) =>
    told.days
      .flatMap(hoursOf)
      .every(
        (one) =>
          row.product === one.product &&
          row.hour.startsAt === one.startsAt &&
          Number(row.priceUsdPerMwHour) === one.usdPerMwHour,
      ),
  place: (value) =>
    "product" in value ? placeOf({ product: value.product, startsAt: value.hour.startsAt }) : placesOf(value),
  text: (value) => ("product" in value ? `${value.priceUsdPerMwHour} $/MW` : pricesText(value)),
  none: {},
  absorb({ dayAheadMcpc: known }, { days }, { asOf }) {
    const last = addSeconds(asOf, HOURS_AHEAD * 3_600);
    const told = days.flatMap(hoursOf).filter(({ startsAt }) => startsAt < last);
    const all = capacitySeries([...(known === undefined ? [] : hoursOf(known)), ...told]);
    const left = all === undefined ? undefined : capacityFrom(all, asOf);
    return { patch: { dayAheadMcpc: left }, relevant: false, isHeard: true };
  },
  freeze: ({ dayAheadMcpc: known }, { asOf }) => {
    const left = known === undefined ? undefined : capacityFrom(known, asOf);
    return left === undefined ? {} : { dayAheadMcpc: left };
  },
  recovered: (records) => {
    const known = records.at(-1)?.dayAheadMcpc;
    return known === undefined ? {} : { dayAheadMcpc: known };
  },
};

function placeOf({ product, startsAt }: { readonly product: CapacityProduct; readonly startsAt: Instant }): string {
  return `${startsAt} ${product}`;
}

function placesOf({ days }: DayAheadMcpcInput): string {
  return days.flatMap(hoursOf).map(placeOf).join(", ");
}

function pricesText({ days }: DayAheadMcpcInput): string {
  const said = ({ product, usdPerMwHour }: CapacityHour): string => `${product} ${usdPerMwHour}`;
  return `${days.flatMap(hoursOf).map(said).join(", ")} $/MW`;
}

import { operatingDayOf, settlementInterval, intervalEnd, intervalStart } from "../market/calendar.ts";
import { peakRuleOn } from "../market/coincidentPeakRule.ts";
import type { OperatingDay } from "../market/model.ts";
import { type PeakInterval, peakPlan as planPeaks, type PeakRuling } from "../market/peakPlan.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { forecastAfter, type KnownLoadForecast, loadForecast } from "./loadForecast.ts";
import type { SiteFact } from "./siteFact.ts";
import { type KnownSystemDemand, type Measured, systemDemand } from "./systemDemand.ts";

/** What the rule that acts on a peak plan is called. */
export const COINCIDENT_PEAK = "coincident-peak";

/** A peak plan, and what it was made of. */
export interface PeakPlan {
  readonly madeAt: Instant;
  /** When the forecast was posted that it is made of. */
  readonly forecastPostedAt: Instant;
  /** The end of the newest demand that it knew. */
  readonly measuredUntil: Instant;
  /** The month's highest demand on each of its highest days so far, the highest first. */
  readonly dayPeaks: readonly Measured[];
  /** What was before this is not known: the month's peak may stand there already, and chances are said too high. */
  readonly monthKnownFrom: Instant;
  /** The coming intervals whose chance is worth a word, ascending. */
  readonly intervals: readonly PeakInterval[];
}

/** A day on which a site was off for a peak: from when until when, and what came of it. */
export interface PeakEvent {
  readonly from: Instant;
  readonly until: Instant;
  /**
   * `open` until the month's demand of that day is known; `peak` while one of the month's highest so far, as many as
   * count, was in it; `false-alarm` where others are higher.
   */
  readonly outcome: "open" | "peak" | "false-alarm";
}

/** What a site knows of coming peaks and of those that it was off for this month. */
export interface KnownPeakPlan {
  readonly peakPlan?: PeakPlan;
  readonly peakEvents?: readonly Omit<PeakEvent, "outcome">[];
}

/** As a decision sees it. */
export interface FrozenPeakPlan {
  readonly peakPlan?: PeakPlan & { readonly events: readonly PeakEvent[] };
}

/** A forecast as old says nothing any more. */
const STANDS_SECONDS = 12 * 3_600;
/** Less is no word worth: one in a thousand. */
const LEAST_PROBABILITY = 0.001;

/**
 * The coming intervals that may be a coincident peak, made by the site itself of ERCOT's load forecast and the demand
 * so far, by the rules in its plan. Nothing is planned before both are known, or without the rules. When the site was
 * off for a peak is kept for its month, so that a false alarm is seen.
 */
export const peakPlan: SiteFact<
  never,
  KnownPeakPlan & KnownLoadForecast & KnownSystemDemand,
  KnownPeakPlan,
  FrozenPeakPlan
> & { readonly kind: "peak-plan" } = {
  kind: "peak-plan",
  scope: "site",
  called: "peak plan",
  messages: {},
  overhears: [loadForecast.kind, systemDemand.kind],
  none: {},
  absorb(known, _input, { site, asOf }) {
    const made = site.coincidentPeak === undefined ? undefined : madePlan(site.coincidentPeak, known, asOf);
    if (made === undefined) return { patch: {}, relevant: false };
    return { patch: { peakPlan: made }, relevant: !sameValue(made.intervals, known.peakPlan?.intervals) };
  },
  freeze({ peakPlan: known, peakEvents = [] }, { site, asOf }) {
    if (site.coincidentPeak === undefined || known === undefined) return {};
    if (secondsBetween(known.forecastPostedAt, asOf) > STANDS_SECONDS) return {};
    const intervals = known.intervals.filter(({ endsAt }) => endsAt > asOf);
    const { rules } = site.coincidentPeak;
    const events = peakEvents.map((event) => ({ ...event, outcome: outcomeOf(event, known, rules) }));
    return { peakPlan: { ...known, intervals, events } };
  },
  after({ peakEvents = [] }, asOf, site, taking = []) {
    if (site.coincidentPeak === undefined) return {};
    const month = operatingDayOf(asOf).slice(0, 7);
    const own = peakEvents.filter(({ from }) => operatingDayOf(from).startsWith(month));
    if (!taking.includes(COINCIDENT_PEAK)) return own.length === peakEvents.length ? {} : { peakEvents: own };
    const day = operatingDayOf(asOf);
    const { from, until } = intervalAt(asOf);
    const today = own.find((event) => operatingDayOf(event.from) === day) ?? { from, until };
    const others = own.filter((event) => operatingDayOf(event.from) !== day);
    return { peakEvents: [...others, { from: today.from, until }] };
  },
  recovered(records) {
    const frozen = records.findLast((record) => record.peakPlan !== undefined)?.peakPlan;
    if (frozen === undefined) return {};
    const { events, ...known } = frozen;
    return { peakPlan: known, peakEvents: events.map(({ from, until }) => ({ from, until })) };
  },
};

/** Operating days of a plan's month on which a site was off for a peak. */
export function eventDays(events: readonly PeakEvent[], month: string): OperatingDay[] {
  return events.map(({ from }) => operatingDayOf(from)).filter((day) => day.startsWith(month));
}

function madePlan(
  ruling: PeakRuling,
  { loadForecast: forecast, systemDemand: demand }: KnownLoadForecast & KnownSystemDemand,
  asOf: Instant,
): PeakPlan | undefined {
  if (forecast === undefined || demand === undefined) return undefined;
  const measuredUntil = addSeconds(demand.newest.startsAt, 900);
  const dayPeaks = demand.dayPeaks.map(({ startsAt, mw }) => ({ day: operatingDayOf(startsAt), startsAt, mw }));
  const known = { forecast: forecastAfter(forecast, measuredUntil), dayPeaks };
  return {
    madeAt: asOf,
    forecastPostedAt: forecast.postedAt,
    measuredUntil,
    dayPeaks: demand.dayPeaks,
    monthKnownFrom: demand.monthFrom,
    intervals: planPeaks(ruling, known, asOf).filter(({ probability }) => probability >= LEAST_PROBABILITY),
  };
}

function outcomeOf(
  { from, until }: Pick<PeakEvent, "from" | "until">,
  known: PeakPlan,
  rules: PeakRuling["rules"],
): PeakEvent["outcome"] {
  const month = operatingDayOf(from).slice(0, 7);
  const ofMonth = known.dayPeaks.filter(({ startsAt }) => operatingDayOf(startsAt).startsWith(month));
  if (known.measuredUntil < until || ofMonth.length === 0) return "open";
  const highest = ofMonth.slice(0, peakRuleOn(rules, operatingDayOf(from))?.peaksPerMonth);
  return highest.some(({ startsAt }) => startsAt >= from && startsAt < until) ? "peak" : "false-alarm";
}

function intervalAt(at: Instant): { readonly from: Instant; readonly until: Instant } {
  const interval = settlementInterval(at);
  return { from: intervalStart(interval), until: intervalEnd(interval) };
}

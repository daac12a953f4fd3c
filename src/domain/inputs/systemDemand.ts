import { intervalEnd, intervalKey, intervalStart, operatingDayOf } from "../market/calendar.ts";
import type { Provenance, SettlementInterval } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { deployedMw, instant, listOf, name, object } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Demand of the whole system in a quarter hour, MW as published. */
export interface SystemDemandObservation extends Provenance {
  readonly kind: "system-demand";
  readonly interval: SettlementInterval;
  readonly demandMw: string;
}

/** Demand of a quarter hour, MW. */
export interface Measured {
  readonly startsAt: Instant;
  readonly mw: number;
}

/** One with the document that says it. */
type MeasuredOf = Measured & ToldProvenance;

/** Demand as a site is told: the newest quarter hour, and the highest of the highest days of its month so far. */
export interface SystemDemandInput extends Told, ToldProvenance {
  readonly kind: "system-demand";
  readonly newest: Measured;
  readonly dayPeaks: readonly MeasuredOf[];
  /** The first quarter hour of the month that was read: what was before it is not known. */
  readonly monthFrom: Instant;
}

/** What a site knows of the month's demand; kept where the site avoids coincident peaks. */
export interface KnownSystemDemand {
  readonly systemDemand?: {
    readonly newest: Measured;
    readonly dayPeaks: readonly Measured[];
    readonly monthFrom: Instant;
  };
}

/** What was read of the month of the newest quarter hour. */
interface SystemDemandMemory {
  readonly newest: MeasuredOf;
  readonly dayPeaks: readonly MeasuredOf[];
  readonly monthFrom: Instant;
}

/** More days than any rule counts peaks in a month. */
const PEAKS_KEPT = 6;

/**
 * Demand of the system by quarter hour (NP6-235): what coincident peaks are made of. It decides nothing alone and
 * rides; a site hears the newest and the month's highest, for a peak plan. A peak that is published lower stands as it
 * is published; a day that was highest before it is not found again.
 */
export const systemDemand: MarketFact<
  SystemDemandObservation,
  SystemDemandInput,
  KnownSystemDemand,
  KnownSystemDemand,
  object,
  SystemDemandMemory
> = {
  kind: "system-demand",
  scope: "system",
  called: "system demand",
  comparedAs: "number",
  isWatched: true,
  rides: true,
  standsUntilChanged: true,
  messages: {
    "system-demand": {
      ...PROVENANCE,
      newest: object({ startsAt: instant, mw: deployedMw }),
      dayPeaks: listOf(object({ startsAt: instant, mw: deployedMw, source: name, contentHash: name })),
      monthFrom: instant,
    },
  },
  columns: ({ interval, demandMw }) => ({ point: "", pointType: "", key: intervalKey(interval), value: demandMw }),
  saidAt: ({ interval }) => intervalEnd(interval),
  hear({ kind, interval, demandMw, source, contentHash }, version, at, _rules, memory) {
    const own = { startsAt: intervalStart(interval), mw: Number(demandMw), source, contentHash };
    const newest = memory === undefined || own.startsAt >= memory.newest.startsAt ? own : memory.newest;
    const month = monthOf(newest.startsAt);
    if (monthOf(own.startsAt) !== month) return {};
    const before = memory?.dayPeaks.filter(({ startsAt }) => monthOf(startsAt) === month) ?? [];
    const dayPeaks = withMeasured(before, own);
    const known = memory !== undefined && monthOf(memory.monthFrom) === month ? memory.monthFrom : own.startsAt;
    const monthFrom = own.startsAt < known ? own.startsAt : known;
    const id = `${kind}/${intervalKey(interval)}/${version}`;
    const { startsAt, mw } = newest;
    return {
      memory: { newest, dayPeaks, monthFrom },
      input: {
        kind,
        id,
        at,
        newest: { startsAt, mw },
        dayPeaks,
        monthFrom,
        source: newest.source,
        contentHash: newest.contentHash,
      },
    };
  },
  /** Each holds the ones before it. */
  inOrder: (told) => told.slice(-1),
  parts: (told) => [
    { ...told, dayPeaks: [] },
    ...told.dayPeaks.map((peak) => ({
      ...told,
      source: peak.source,
      contentHash: peak.contentHash,
      newest: peak,
      dayPeaks: [],
    })),
  ],
  says: (row, { newest }) => intervalStart(row.interval) === newest.startsAt && Number(row.demandMw) === newest.mw,
  place: (value) => ("interval" in value ? intervalStart(value.interval) : value.newest.startsAt),
  text: (value) => `${"interval" in value ? value.demandMw : value.newest.mw} MW`,
  none: {},
  absorb({ systemDemand: known }, { newest, dayPeaks, monthFrom }, { site }) {
    if (site.coincidentPeak === undefined) return { patch: {}, relevant: false, isHeard: true };
    if (known !== undefined && newest.startsAt < known.newest.startsAt) return { patch: {}, relevant: false };
    const measured = dayPeaks.map(({ startsAt, mw }) => ({ startsAt, mw }));
    return { patch: { systemDemand: { newest, dayPeaks: measured, monthFrom } }, relevant: false, isHeard: true };
  },
  freeze: () => ({}),
  recovered: () => ({}),
};

/** The highest of each day, the highest days first. */
function withMeasured(before: readonly MeasuredOf[], own: MeasuredOf): MeasuredOf[] {
  const day = operatingDayOf(own.startsAt);
  const same = before.find(({ startsAt }) => operatingDayOf(startsAt) === day);
  const stands = same === undefined || own.mw > same.mw || own.startsAt === same.startsAt ? own : same;
  const others = before.filter(({ startsAt }) => operatingDayOf(startsAt) !== day);
  return [...others, stands].toSorted((one, other) => other.mw - one.mw).slice(0, PEAKS_KEPT);
}

function monthOf(at: Instant): string {
  return operatingDayOf(at).slice(0, 7);
}

import { expectedPrice } from "../domain/decision/expectedPrice.ts";
import type { HourlyPrices } from "../domain/market/hourlyPrices.ts";
import type { Deployed } from "../domain/inputs/deployed.ts";
import { deployedNow, type DeployedNow } from "../domain/inputs/deployedNow.ts";
import type { HashpriceNow } from "../domain/inputs/hashprice.ts";
import type { GridState } from "../domain/inputs/gridKnown.ts";
import { gridStanding } from "../domain/inputs/gridNow.ts";
import type { FrozenPeakPlan } from "../domain/inputs/peakPlan.ts";
import { countingNotices } from "../domain/inputs/noticesKnown.ts";
import type { SitePlan } from "../domain/decision/model.ts";
import { priceIsSilent } from "../domain/decision/silence.ts";
import type { GridNotice } from "../domain/market/noticesInForce.ts";
import { isFresh } from "../domain/market/gridLevelInForce.ts";
import { intervalKey, intervalStart, operatingDayOf, settlementInterval } from "../domain/market/calendar.ts";
import type { ExpectedIntervalPrice, GridLevel, IntervalKey } from "../domain/market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { FeedStanding, SiteStatusRows } from "../ports/siteRecords.ts";
import { type CapacityNow, capacityNow } from "./capacityNow.ts";

/** The market as a site sees it. What is not known yet is absent. */
export interface MarketNow {
  /**
   * Of the interval now running, by the decision's own rule from the SCED runs it knew; absent when no price may be
   * used.
   */
  readonly price?: Omit<ExpectedIntervalPrice, "parts"> & {
    readonly intervalKey: IntervalKey;
    readonly intervalStart: Instant;
  };
  /** The newest SCED run that the last decision knew, with its age; also one too old to decide by. */
  readonly newestRun?: { readonly lmpUsdPerMwh: number; readonly scedAt: Instant; readonly ageSeconds: number };
  /** What ERCOT published last of adders and deployments, as the last decision knew it; whether the price has it. */
  readonly adders?: {
    readonly adderUsdPerMwh: number;
    readonly scedAt: Instant;
    readonly ageSeconds: number;
    readonly isRead: boolean;
    readonly deployed: Deployed;
  };
  /** RTD's look-ahead as the last decision knew it: the steps still to come, binding for nobody. */
  readonly lookAhead?: {
    readonly rtdAt: Instant;
    readonly steps: readonly { readonly endsAt: Instant; readonly lmpUsdPerMwh: number }[];
  };
  /** Day-ahead prices as the last decision knew them; without `tomorrow` those are not yet published. */
  readonly dayAhead?: { readonly today?: readonly HourlyPrices[]; readonly tomorrow?: readonly HourlyPrices[] };
  /** The peak plan as the last decision knew it, its intervals that are not over; absent where the site makes none. */
  readonly peaks?: FrozenPeakPlan["peakPlan"];
  /** Clearing prices for capacity, service by service. */
  readonly capacity: readonly CapacityNow[];
  readonly hashprice?: HashpriceNow;
  readonly grid?: {
    readonly level: GridLevel;
    readonly assumed: boolean;
    /** The newest state cannot be read: a person should look. */
    readonly unreadable?: true;
    /** PRC is below the figure at which a Watch is due, nothing being declared. */
    readonly preAlert?: GridState["preAlert"];
    readonly released?: GridState["released"];
    readonly observedAt?: Instant;
    readonly ageSeconds?: number;
    /** Since when the level is in force, and which sources said it then. */
    readonly since?: Instant;
    readonly saidBy?: readonly string[];
    /** ERCOT's notices in force, as the site knows them. */
    readonly notices?: readonly GridNotice[];
    /** What ERCOT's newest SCED run says is deployed, and the level up to which that corroborates a poll. */
    readonly deployed?: DeployedNow & { readonly ageSeconds: number };
    /** When the site took up what its sources say last; what changed nothing since is not told to it. */
    readonly knownAt?: Instant;
    /** What each source says, as the site knows it. */
    readonly sources?: readonly GridSourceNow[];
    /** What keeps the level from falling further, and until when where time ends it; `fresh` is absent without one. */
    readonly falls?: { readonly isFresh: boolean; readonly keptBy: readonly string[]; readonly until?: Instant };
  };
}

/** What one source says of the grid. */
export interface GridSourceNow {
  readonly source: string;
  /** Said in two consecutive polls; `next` in the newest, where it is another. */
  readonly level: GridLevel;
  readonly next?: GridLevel;
  readonly isSilent: boolean;
  readonly isUnreadable: boolean;
  /** Since it was read last, whether it said anything new or not; absent before the first time. */
  readonly ageSeconds?: number;
}

/** Price, hashprice and grid condition at an instant, from the newest decision. */
export function marketNow(
  plan: SitePlan,
  rows: Pick<SiteStatusRows, "latest" | "gridObservedAt" | "feeds">,
  at: Instant,
): MarketNow {
  const price = priceNow(plan, rows, at);
  return {
    price,
    newestRun: newestRun(rows, at),
    dayAhead: dayAheadNow(rows, at),
    lookAhead: lookAheadNow(rows, at),
    adders: addersNow(rows, price?.isAdderRead === true, at),
    ...peaksNow(rows, at),
    capacity: capacityNow(rows, at),
    hashprice: rows.latest?.input.facts.hashprice,
    grid: gridNow(plan, rows, at),
  };
}

/**
 * A site decides anew only when something could change; between two decisions the price still moves on from seconds to
 * seconds.
 */
function priceNow(plan: SitePlan, { latest }: Pick<SiteStatusRows, "latest">, at: Instant): MarketNow["price"] {
  if (!latest) return undefined;
  const interval = settlementInterval(at);
  const input = {
    ...latest.input,
    asOf: at,
    intervalKey: intervalKey(interval),
    intervalStart: intervalStart(interval),
  };
  const found = priceIsSilent(plan, input) ? undefined : expectedPrice(plan, input);
  if (!found) return undefined;
  const { parts: _parts, ...price } = found;
  return { ...price, intervalKey: input.intervalKey, intervalStart: input.intervalStart };
}

function newestRun({ latest }: Pick<SiteStatusRows, "latest">, at: Instant): MarketNow["newestRun"] {
  const run = latest?.input.facts.scedRuns.at(-1);
  return run && { lmpUsdPerMwh: run.lmpUsdPerMwh, scedAt: run.scedAt, ageSeconds: secondsBetween(run.scedAt, at) };
}

function dayAheadNow({ latest }: Pick<SiteStatusRows, "latest">, at: Instant): MarketNow["dayAhead"] {
  const known = latest?.input.facts.dayAheadPrice;
  if (known === undefined) return undefined;
  const today = operatingDayOf(at);
  const days = Map.groupBy(known, ({ startsAt }) => (operatingDayOf(startsAt) > today ? "tomorrow" : "today"));
  return { today: days.get("today"), tomorrow: days.get("tomorrow") };
}

function peaksNow({ latest }: Pick<SiteStatusRows, "latest">, at: Instant): Pick<MarketNow, "peaks"> {
  const known = latest?.input.facts.peakPlan;
  if (known === undefined) return {};
  return { peaks: { ...known, intervals: known.intervals.filter(({ endsAt }) => endsAt > at) } };
}

function lookAheadNow({ latest }: Pick<SiteStatusRows, "latest">, at: Instant): MarketNow["lookAhead"] {
  const known = latest?.input.facts.rtdPath;
  if (known === undefined) return undefined;
  const { rtdAt, path } = known;
  const steps = path.map(([seconds, lmpUsdPerMwh]) => ({ endsAt: addSeconds(rtdAt, seconds), lmpUsdPerMwh }));
  const coming = steps.filter(({ endsAt }) => endsAt > at);
  return coming.length === 0 ? undefined : { rtdAt, steps: coming };
}

function addersNow({ latest }: Pick<SiteStatusRows, "latest">, isRead: boolean, at: Instant): MarketNow["adders"] {
  const known = latest?.input.facts.scedAdders;
  const newest = known?.runs.at(-1);
  if (known === undefined || newest === undefined) return undefined;
  const { scedAt, adderUsdPerMwh } = newest;
  const { scedAt: _of, ...deployed } = known.deployed;
  return { adderUsdPerMwh, scedAt, ageSeconds: secondsBetween(scedAt, at), isRead, deployed };
}

/**
 * The level that the site acts on and by which sources, each with the age of its newest document: one that changes
 * nothing is not sent to the site, so what it decided on last may be hours old and still what they say.
 */
function gridNow(
  plan: SitePlan,
  { latest, gridObservedAt, feeds }: Pick<SiteStatusRows, "latest" | "gridObservedAt" | "feeds">,
  at: Instant,
): MarketNow["grid"] {
  if (!latest) return undefined;
  const { level, assumed, observedAt, unreadable, preAlert, released, since, saidBy } = latest.input.facts.grid;
  const newest = assumed ? undefined : (gridObservedAt ?? observedAt);
  const ageSeconds = newest && secondsBetween(newest, at);
  const now = { level, assumed, unreadable, preAlert, released, observedAt: newest, ageSeconds };
  if (assumed) return now;
  const { sources, bounds } = gridStanding(latest.input.facts, plan, at);
  const deployed = deployedNow(latest.input.facts, at);
  const standingOf = (source: string): FeedStanding | undefined => feeds.find(({ feedId }) => feedId === source);
  const ageOf = (source: string, said: Instant | undefined): Pick<GridSourceNow, "ageSeconds"> => {
    const heardAt = standingOf(source)?.lastSeenAt ?? said;
    return heardAt === undefined ? {} : { ageSeconds: secondsBetween(heardAt, at) };
  };
  return {
    ...now,
    since,
    saidBy,
    ...(deployed === undefined ? {} : { deployed: { ...deployed, ageSeconds: secondsBetween(deployed.scedAt, at) } }),
    knownAt: latest.input.asOf,
    notices: countingNotices(latest.input.facts, at),
    sources: sources.map((one) => ({
      source: one.source,
      level: one.level,
      next: one.next?.level,
      isSilent: one.isSilent || standingOf(one.source)?.silent === true,
      isUnreadable: one.unreadableSince !== undefined,
      ...ageOf(one.source, one.observedAt),
    })),
    falls: { isFresh: sources.some(isFresh), keptBy: bounds.keptBy, until: bounds.changesAt },
  };
}

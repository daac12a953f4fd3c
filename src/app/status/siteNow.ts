import { noCrossCheck } from "../../adapters/ercot/dashboardPrices.ts";
import type { CommandedMode, FeedStanding, SiteStatusRows } from "../../adapters/postgres/siteStatus.ts";
import { expectedPrice } from "../../domain/decision/expectedPrice.ts";
import type {
  CohortPlan,
  Freeze,
  GridState,
  ModeComparison,
  OperatorOrder,
  SilentFeed,
  SitePlan,
} from "../../domain/decision/model.ts";
import { nextLookAfter } from "../../domain/decision/nextLook.ts";
import { priceIsSilent } from "../../domain/decision/silence.ts";
import { intervalKey, intervalStart, settlementInterval } from "../../domain/market/calendar.ts";
import type { ExpectedIntervalPrice, GridLevel, IntervalKey } from "../../domain/market/model.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { WatchedFeed } from "../../../activities/market.ts";
import type { BuildsNow } from "../worker/builds/buildsNow.ts";
import type { Deployment } from "../worker/deployment.ts";

/** One site at one market instant, as `ballast status --json` prints it. What is not known yet is absent. */
export interface SiteNow {
  readonly siteId: string;
  readonly settlementPoint: string;
  readonly settlementPointType: string;
  readonly control: string;
  /** Market time. */
  readonly at: Instant;
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
  readonly hashprice?: { readonly usdPerPhDay: number; readonly asOf: Instant };
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
  };
  readonly power: {
    /** Of the machines that were able to run, if all of them follow. */
    readonly commandedKw?: number;
    /** At the site meter, read for the verdict or at an interval boundary, whichever is newer. */
    readonly meteredKw?: number;
    readonly meteredAt?: Instant;
    readonly meterQuality?: string;
  };
  /** What came of the newest revision's commands so far. */
  readonly commands?: SiteStatusRows["commands"];
  readonly cohorts: readonly CohortNow[];
  readonly decision?: DecisionBrief;
  /** The last decision that moved a cohort. */
  readonly lastChange?: DecisionBrief;
  readonly orders: readonly OperatorOrder[];
  readonly instructions: readonly string[];
  /** Cohorts to which no command goes until somebody thaws them. */
  readonly frozenCohorts: readonly string[];
  /** Who froze what, since when and why. */
  readonly freezes: readonly Freeze[];
  /** A revision that is being driven: it has no verdict yet. */
  readonly revisionUnderWay?: number;
  readonly verdict?: Omit<NonNullable<SiteStatusRows["verdict"]>, "meter">;
  readonly silentFeeds: readonly SilentFeed[];
  /** Ids of feeds that nobody has polled for longer than they may be silent: their worker is away. */
  readonly unpolledFeeds: readonly string[];
  /** Ids of feeds whose source did not answer the last poll, or was not polled yet. */
  readonly unansweredFeeds: readonly string[];
  /** Meters whose register was not read at the newest interval boundary. */
  readonly unreadMeters: SiteStatusRows["unreadMeters"];
  readonly feeds: readonly (FeedStanding & { readonly ageSeconds?: number })[];
  /** Why the settlement prices have no second route, where they have none. */
  readonly noCrossCheck?: string;
  readonly stragglers: number;
  /** Closed runs whose evidence is not kept yet. */
  readonly unexported: SiteStatusRows["unexported"];
  /** What the site could not do as asked in the last 24 hours. */
  readonly findings: SiteStatusRows["findings"];
  /** Settlements and statements that the rules refuse, until they are settled or issued. */
  readonly refusals: SiteStatusRows["refusals"];
  /** When the site looks again without new input. */
  readonly nextLook?: Instant;
  /** The builds of the workflow code that the site's worker serves, as it last said. */
  readonly builds?: BuildsNow;
}

interface DecisionBrief {
  readonly sequence: number;
  readonly at: Instant;
  readonly sentence: string;
}

export interface CohortNow {
  readonly cohortId: string;
  readonly clientId: string;
  readonly model: string;
  readonly machines: number;
  /** Commanded; absent before the first decision. */
  readonly modeId?: string;
  readonly since?: Instant;
  readonly reason?: string;
  readonly ableToRun?: number;
  readonly commandedKw?: number;
  /** Breakeven and thresholds of each step between neighboring modes, lowest first. */
  readonly strikes: readonly Pick<
    ModeComparison,
    "lowerModeId" | "upperModeId" | "strikeUsdPerMwh" | "offAboveUsdPerMwh" | "onBelowUsdPerMwh"
  >[];
  readonly heldUntil?: Instant;
  readonly sentence?: string;
}

/** Joins what the tables say with the site's configuration. `feeds` are the site's own. */
export function siteNow(
  deployment: Deployment,
  feeds: ReadonlyMap<string, WatchedFeed>,
  rows: SiteStatusRows,
  at: Instant,
): SiteNow {
  const { siteId, settlementPoint, settlementPointType, control } = deployment.plan;
  const { latest, latestChange, verdict, dispatchedRevision } = rows;
  const meter = newestMeter(rows);
  const cohorts = deployment.plan.cohorts.map((cohort) => cohortNow(deployment.plan, cohort, rows));
  const unpolled = unpolledFeeds(feeds, rows, at);
  return {
    siteId,
    settlementPoint,
    settlementPointType,
    control,
    at,
    price: priceNow(deployment.plan, rows, at),
    newestRun: newestRun(rows, at),
    hashprice: latest?.input.hashprice,
    grid: gridNow(rows, at),
    power: {
      commandedKw: total(cohorts.map((cohort) => cohort.commandedKw)),
      // What a frozen meter shows, or one whose power the load cannot have, is no power of the site.
      meteredKw: meter?.quality === "metered" ? wholeWatts(meter.powerKw) : undefined,
      meteredAt: meter?.readAt,
      meterQuality: meter?.quality,
    },
    commands: rows.commands,
    cohorts,
    decision: brief(latest),
    lastChange: brief(latestChange),
    orders: latest?.input.orders.filter((order) => order.until > at) ?? [],
    instructions: latest?.input.instructions.map((one) => one.instructionId) ?? [],
    frozenCohorts: latest?.input.frozenCohorts ?? [],
    freezes: rows.freezes,
    revisionUnderWay:
      dispatchedRevision !== undefined && dispatchedRevision !== verdict?.revision ? dispatchedRevision : undefined,
    verdict: verdict && shownVerdict(verdict),
    silentFeeds: silentFeeds(feeds, rows, unpolled),
    unpolledFeeds: unpolled,
    unansweredFeeds: unansweredFeeds(feeds, rows),
    unreadMeters: rows.unreadMeters,
    feeds: rows.feeds.map((feed) => ({ ...feed, ageSeconds: feed.lastSeenAt && secondsBetween(feed.lastSeenAt, at) })),
    noCrossCheck: noCrossCheck(settlementPoint),
    stragglers: rows.stragglers,
    unexported: rows.unexported,
    findings: rows.findings,
    refusals: rows.refusals,
    nextLook: rows.latest && nextLookAfter(rows.latest),
  };
}

function cohortNow(plan: SitePlan, cohort: CohortPlan, { modes, latest }: SiteStatusRows): CohortNow {
  const { cohortId, clientId, model, machines } = cohort;
  const commanded = modes.find((mode) => mode.cohortId === cohortId);
  const decided = latest?.output.cohorts.find((one) => one.cohortId === cohortId);
  const strikes = decided?.comparisons.map(
    ({ lowerModeId, upperModeId, strikeUsdPerMwh, offAboveUsdPerMwh, onBelowUsdPerMwh }) => ({
      lowerModeId,
      upperModeId,
      strikeUsdPerMwh,
      offAboveUsdPerMwh,
      onBelowUsdPerMwh,
    }),
  );
  return {
    cohortId,
    clientId,
    model,
    machines,
    modeId: commanded?.modeId,
    since: commanded?.since,
    reason: commanded?.reason,
    ableToRun: commanded?.ableToRun,
    commandedKw: commanded && kwAtSite(plan, cohort, commanded),
    strikes: strikes ?? [],
    heldUntil: decided?.heldUntil,
    sentence: decided?.sentence,
  };
}

/** As the site meter would show it, the plane of the metered figure; absent for a mode that the plan has not. */
function kwAtSite({ pue }: SitePlan, { modes }: CohortPlan, { modeId, ableToRun }: CommandedMode): number | undefined {
  const mode = modes.find((one) => one.modeId === modeId);
  return mode && wholeWatts((ableToRun * mode.powerW * pue) / 1000);
}

/** Absent when any part is unknown. */
function total(parts: readonly (number | undefined)[]): number | undefined {
  return wholeWatts(
    parts.reduce<number | undefined>(
      (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
      0,
    ),
  );
}

/** kW to the watt: what is beyond is the sum's, not the meter's. */
function wholeWatts(kw: number | undefined): number | undefined {
  return kw === undefined ? undefined : Math.round(kw * 1000) / 1000;
}

/** The meter's figure beside a verdict is never older than the one that the verdict went by. */
function newestMeter({ meter, verdict }: SiteStatusRows): SiteStatusRows["meter"] {
  const judged = verdict?.meter;
  return judged !== undefined && (meter === undefined || meter.readAt < judged.readAt) ? judged : meter;
}

function shownVerdict({ meter: _, ...verdict }: NonNullable<SiteStatusRows["verdict"]>): SiteNow["verdict"] {
  return { ...verdict, measuredDeltaKw: wholeWatts(verdict.measuredDeltaKw) };
}

/**
 * A site decides anew only when something could change; between two decisions the price still moves on from seconds to
 * seconds.
 */
function priceNow(plan: SitePlan, { latest }: SiteStatusRows, at: Instant): SiteNow["price"] {
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

function newestRun({ latest }: SiteStatusRows, at: Instant): SiteNow["newestRun"] {
  const run = latest?.input.scedRuns.at(-1);
  return run && { lmpUsdPerMwh: run.lmpUsdPerMwh, scedAt: run.scedAt, ageSeconds: secondsBetween(run.scedAt, at) };
}

/**
 * The level that the site acts on, with the age of the newest observation: one that changes nothing is not sent to the
 * site.
 */
function gridNow({ latest, gridObservedAt }: SiteStatusRows, at: Instant): SiteNow["grid"] {
  if (!latest) return undefined;
  const { level, assumed, observedAt, unreadable, preAlert, released } = latest.input.grid;
  const newest = assumed ? undefined : (gridObservedAt ?? observedAt);
  const ageSeconds = newest && secondsBetween(newest, at);
  return { level, assumed, unreadable, preAlert, released, observedAt: newest, ageSeconds };
}

function brief(record: SiteStatusRows["latest"]): DecisionBrief | undefined {
  return record && { sequence: record.sequence, at: record.input.asOf, sentence: record.output.sentence };
}

/** Whoever does not poll tells of no silence either. */
function unpolledFeeds(
  feeds: ReadonlyMap<string, WatchedFeed>,
  { feeds: standings }: SiteStatusRows,
  at: Instant,
): string[] {
  const isLate = ({ feedId, polledAt }: FeedStanding): boolean => {
    const limitSeconds = feeds.get(feedId)?.silentAfterSeconds;
    return limitSeconds !== undefined && secondsBetween(polledAt, at) > limitSeconds;
  };
  return standings
    .filter(isLate)
    .map(({ feedId }) => feedId)
    .sort();
}

function unansweredFeeds(feeds: ReadonlyMap<string, WatchedFeed>, { feeds: standings }: SiteStatusRows): string[] {
  const answering = standings.filter(({ polledAt, answeredAt }) => answeredAt === polledAt);
  const ids = new Set(answering.map(({ feedId }) => feedId));
  return [...feeds.keys()].filter((feedId) => !ids.has(feedId)).toSorted();
}

/** What the site takes for silent, and feeds that have fallen silent, or are not polled, since its last decision. */
function silentFeeds(
  feeds: ReadonlyMap<string, WatchedFeed>,
  { latest, feeds: standings }: SiteStatusRows,
  unpolled: readonly string[],
): SilentFeed[] {
  // A settlement price's silence decides nothing, so the last decision may still carry one that is over.
  const known = latest?.input.silentFeeds.filter((feed) => feed !== "settlement-price") ?? [];
  const since = standings.flatMap(({ feedId, silent }) =>
    silent || unpolled.includes(feedId) ? (feeds.get(feedId)?.silentAs ?? []) : [],
  );
  return [...new Set([...known, ...since])].sort();
}

import type { Freeze } from "../domain/inputs/freezes.ts";
import type { OperatorOrder } from "../domain/inputs/orders.ts";
import { nextLookAfter } from "../domain/decision/nextLook.ts";
import type { SiteId } from "../domain/units/ids.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { MarketClock } from "../ports/marketClock.ts";
import type { Retirement } from "../ports/retirements.ts";
import { isStanding } from "../domain/inputs/isStanding.ts";
import type { DoorsNow, SiteRecords, SiteStatusRows } from "../ports/siteRecords.ts";
import type { ArchiveNow } from "./archiveNow.ts";
import type { BuildsNow } from "./buildsNow.ts";
import { type CohortNow, cohortsNow } from "./cohortsNow.ts";
import { type DispatchNow, dispatchNow } from "./dispatchNow.ts";
import { type FeedsNow, feedsNow } from "./feedsNow.ts";
import { type HoldsNow, holdsNow } from "./holdsNow.ts";
import { type MarketNow, marketNow } from "./marketNow.ts";
import { type ReserveNow, reserveNow } from "./reserveNow.ts";
import type { SiteView } from "./siteView.ts";
import { type StopInputNow, stopInputsNow } from "./stopInputsNow.ts";
import type { SettlementPoint } from "../domain/market/settlementPoint.ts";

/** One site at one market instant, as `ballast status --json` prints it. What is not known yet is absent. */
export interface SiteNow extends SettlementPoint, MarketNow, DispatchNow, FeedsNow, HoldsNow {
  readonly siteId: SiteId;
  readonly control: string;
  /** Market time. */
  readonly at: Instant;
  readonly cohorts: readonly CohortNow[];
  readonly decision?: DecisionBrief;
  /** The last decision that moved a cohort. */
  readonly lastChange?: DecisionBrief;
  readonly orders: readonly OperatorOrder[];
  readonly instructions: readonly string[];
  /** What came through the doors for instructions: those that stand, what was refused lately, awards that last. */
  readonly doors: DoorsNow;
  /** How it stands for ancillary services that it has sold; absent where its file sells none. */
  readonly reserve?: ReserveNow;
  /** Each contact that stops machines for safety, as it last showed. */
  readonly stopInputs: readonly StopInputNow[];
  /** Cohorts to which no command goes until somebody thaws them. */
  readonly frozenCohorts: readonly string[];
  /** Who froze what, since when and why. */
  readonly freezes: readonly Freeze[];
  /** Meters whose register was not read at the newest interval boundary. */
  readonly unreadMeters: SiteStatusRows["unreadMeters"];
  /** Of feeds that are listed and not read at this site: why. */
  readonly feedsNotRead: readonly string[];
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
  /** The archive of the run's documents. */
  readonly archive?: ArchiveNow;
  /** Who took the site out of service, when and why; what is shown is how it was left. */
  readonly retired?: Retirement;
}

/** A read of the meter says what can be dropped for so long, s. */
const METER_SECONDS = 300;

interface DecisionBrief {
  readonly sequence: number;
  readonly at: Instant;
  readonly sentence: string;
}

/** Reads a site's records and joins them with its configuration. @throws PortUnavailableError when they are away. */
export async function readSiteNow(
  records: Pick<SiteRecords, "status">,
  site: SiteView,
  clock: Pick<MarketClock, "now">,
): Promise<SiteNow> {
  const { plan, siteMeterId, meterIds, feeds } = site;
  const rows = await records.status({ siteId: plan.siteId, siteMeterId, meterIds, feedIds: [...feeds.keys()] });
  return siteNow(site, rows, await clock.now());
}

/** Joins what a site's records say with its configuration. */
export function siteNow(site: SiteView, rows: SiteStatusRows, at: Instant): SiteNow {
  const { plan, feeds, feedsNotRead, stopInputs } = site;
  const { latest } = rows;
  const { siteId, settlementPoint, settlementPointType, control } = plan;
  const cohorts = cohortsNow(plan, rows);
  const { power, commands, revisionUnderWay, revisionNotBegun, verdict } = dispatchNow(plan, rows, cohorts);
  const { silentFeeds, unpolledFeeds, unansweredFeeds, feeds: standings } = feedsNow(feeds, rows, at);
  return {
    siteId,
    settlementPoint,
    settlementPointType,
    control,
    at,
    ...holdsNow(latest, rows.keptHolds),
    ...marketNow(plan, rows, at),
    power,
    commands,
    cohorts,
    decision: brief(latest),
    lastChange: brief(rows.latestChange),
    orders: latest?.input.facts.orders.filter((order) => order.until > at) ?? [],
    instructions: latest?.input.facts.instructions.map((one) => one.instructionId) ?? [],
    doors: doorsAt(rows.doors, at),
    reserve: reserveNow(
      plan,
      { record: latest, meteredKw: isOld(power.meteredAt, at) ? undefined : power.meteredKw },
      at,
    ),
    frozenCohorts: latest?.input.facts.frozenCohorts ?? [],
    freezes: rows.freezes,
    stopInputs: stopInputsNow(stopInputs, rows.stopInputs, at),
    revisionUnderWay,
    revisionNotBegun,
    verdict,
    silentFeeds,
    unpolledFeeds,
    unansweredFeeds,
    unreadMeters: rows.unreadMeters,
    feeds: standings,
    feedsNotRead,
    stragglers: rows.stragglers,
    unexported: rows.unexported,
    findings: rows.findings,
    refusals: rows.refusals,
    nextLook: latest && nextLookAfter(latest),
  };
}

function isOld(readAt: Instant | undefined, at: Instant): boolean {
  return readAt === undefined || secondsBetween(readAt, at) > METER_SECONDS;
}

/** What of it stands or lies ahead at `at`. */
function doorsAt({ instructions, refused, awards }: DoorsNow, at: Instant): DoorsNow {
  const stands = ({ instruction, recalledAt }: DoorsNow["instructions"][number]): boolean =>
    recalledAt === undefined && isStanding(instruction, at);
  return {
    instructions: instructions.filter((one) => stands(one) || !one.isTold),
    refused,
    awards: awards.filter(({ endsAt }) => endsAt > at),
  };
}

function brief(record: SiteStatusRows["latest"]): DecisionBrief | undefined {
  return record && { sequence: record.sequence, at: record.input.asOf, sentence: record.output.sentence };
}

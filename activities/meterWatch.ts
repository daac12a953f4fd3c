import type { GridInstruction } from "../src/domain/inputs/gridInstruction.ts";
import {
  INVOLUNTARY_TRIP,
  type InvoluntaryTripInput,
  tripMessageId,
  type TrippedCohort,
} from "../src/domain/inputs/involuntaryTrip.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { firstClockLook } from "../src/domain/verification/firstClockLook.ts";
import { leastFallKw } from "../src/domain/verification/leastFall.ts";
import type { LoadFall, MeterLook } from "../src/domain/verification/loadFall.ts";
import { loadMayMove } from "../src/domain/verification/loadMayMove.ts";
import { loadHasRisen } from "../src/domain/verification/loadRise.ts";
import { nextMeterLook } from "../src/domain/verification/nextMeterLook.ts";
import { clockEndedAt } from "../src/domain/verification/runningClock.ts";
import { type CohortSeen, tripAfterFall } from "../src/domain/verification/tripAfterFall.ts";
import type { InvoluntaryTrips } from "../src/ports/involuntaryTrips.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MeterWatch, WatchedSite } from "../src/ports/meterWatch.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import type { DrawSurvey } from "../src/ports/surveyStore.ts";
import { configured } from "./configured.ts";
import { countedBy, type FleetSurveys, type Surveyed } from "./fleetSurveys.ts";
import { InstructionClocks } from "./instructionClocks.ts";
import { MeterWait } from "./meterWait.ts";
import type { MeterWakes } from "./meterWakes.ts";
import { SeenFalls } from "./seenFalls.ts";
import { sitePower } from "./sitePower.ts";

export interface MeterWatchDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly registers: RegisterStore;
  readonly watch: MeterWatch;
  readonly wakes: MeterWakes;
  readonly trips: InvoluntaryTrips;
  readonly book: SiteBook<"plan" | "siteMeterId" | "meters">;
  readonly log: Log;
  /** Market seconds between two looks while nothing is under way. */
  readonly quietLookSeconds: number;
}

/** The slowest clock, and the looks before its start, s. */
const LOOK_BACK_SECONDS = 2_400;
/** A survey is followed by the next one after so long, s. */
const ROUND_SECONDS = 300;
/** Looks are kept for some days, for a person. */
const KEPT_SECONDS = 3 * 86_400;

/** One watch of a site's meter. */
interface Watched {
  readonly deps: MeterWatchDeps;
  readonly siteId: SiteId;
  readonly surveys: FleetSurveys;
  readonly clocks: InstructionClocks;
  readonly wait: MeterWait;
}

/** The keys under which the watch of a fleet holds a paced clock. */
export function meterWaitKey(feedId: string): string {
  return `feed/${feedId}/meter`;
}

/**
 * Looks at a site's meter between the interval boundaries, until `signal` ends it between two looks: runs the clocks of
 * its instructions, and recognizes a load that falls without a command. It throws what its ports throw.
 */
export async function watchMeter(
  deps: MeterWatchDeps,
  surveys: FleetSurveys,
  { feedId, siteId }: { readonly feedId: string; readonly siteId: SiteId },
  signal: AbortSignal,
): Promise<void> {
  const { clock, wakes } = deps;
  const clocks = new InstructionClocks(deps, siteId);
  const wait = new MeterWait(clock, meterWaitKey(feedId), siteId);
  const endListening = wakes.listen(siteId, async (instructions) => {
    const unknown = clocks.unknown(instructions);
    if (unknown.length === 0) return;
    const now = await clock.now();
    const first = firstClockLook(startsOf(unknown, now), now);
    if (first !== undefined) await wait.noLaterThan(first);
  });
  try {
    await lookOn({ deps, siteId, surveys, clocks, wait }, signal);
  } finally {
    endListening();
  }
  await wait.end();
}

/** Look by look, until `signal` ends it. */
async function lookOn(watched: Watched, signal: AbortSignal): Promise<void> {
  const { deps, siteId, surveys, clocks, wait } = watched;
  const { clock, watch } = deps;
  const startedAt = await clock.now();
  let looks = await watch.looksSince(siteId, addSeconds(startedAt, -LOOK_BACK_SECONDS));
  await surveys.recall(siteId);
  await watch.forget(siteId, addSeconds(startedAt, -KEPT_SECONDS));
  // A worker that ended between keeping a trip and telling it is made up for here; the site knows one told twice.
  for (const trip of await deps.trips.untaken(siteId)) await deps.sites.deliver(siteId, trip, [], signal);
  let due = addSeconds(startedAt, deps.quietLookSeconds);
  let countedAt: Instant | undefined;
  let before: WatchedSite | undefined;
  const falls = new SeenFalls();
  while (true) {
    const at = await wait.until(due, signal);
    if (at === undefined) return;
    const site = await watch.site(siteId);
    const look = await lookAt(deps, siteId, site, at);
    if (mayHaveLooked(before, site)) looks = await watch.looksSince(siteId, addSeconds(at, -LOOK_BACK_SECONDS));
    const isFirst = before === undefined;
    before = site;
    // Where a dispatch read the meter at the same instant, its look stands.
    looks = [...looks.filter((one) => counts(one, look)), looks.find((one) => one.at === at) ?? look];
    const running = await clocks.run(site, looks, signal);
    countedAt = await recognizeTrip(deps, surveys, siteId, site, { falls, looks, countedAt }, signal);
    // Only now: a look whose judgment was cut short is not one of the three for the watch after this one.
    await watch.keepLook(siteId, look);
    // A trip is told by who drew before it: a new watch does not wait for the next survey to know.
    const known = surveys.lastBefore(siteId, at);
    const isOld = known === undefined || (isFirst && secondsBetween(known.at, at) > ROUND_SECONDS);
    if (isOld) await surveys.count(siteId, at, signal);
    const leastKw = leastFallKw(configured(deps.book, siteId).plan);
    const starts = startsOf(site.instructions, at);
    due = nextMeterLook(at, deps.quietLookSeconds, {
      looks,
      running,
      leastKw,
      isTripped: site.trips.length > 0,
      starts,
    });
  }
}

/** When the clocks of instructions begin, of those that have not ended. */
function startsOf(instructions: readonly GridInstruction[], at: Instant): readonly Instant[] {
  return instructions.filter((one) => clockEndedAt(at, one) === undefined).map(({ from }) => from);
}

async function lookAt(deps: MeterWatchDeps, siteId: SiteId, site: WatchedSite, at: Instant): Promise<MeterLook> {
  return { at, isMoving: loadMayMove(site, at), ...(await sitePower(deps, siteId, at, 1)) };
}

/** Whether a dispatch was under way since the look before, whose own looks only the database has. */
function mayHaveLooked(before: WatchedSite | undefined, site: WatchedSite): boolean {
  return site.isDispatching || before?.isDispatching === true || before?.revision !== site.revision;
}

/** Looks ahead of the newest were dated by a clock that has been set back since; those of another meter say nothing. */
function counts({ at, meterId }: MeterLook, newest: MeterLook): boolean {
  const isSame = meterId === undefined || meterId === newest.meterId;
  return isSame && at >= addSeconds(newest.at, -LOOK_BACK_SECONDS) && at < newest.at;
}

/** What is known as a look is judged. */
interface Recognizing {
  readonly falls: SeenFalls;
  readonly looks: readonly MeterLook[];
  readonly countedAt: Instant | undefined;
}

/** Returns when it last counted who came back during a trip. */
async function recognizeTrip(
  deps: MeterWatchDeps,
  surveys: FleetSurveys,
  siteId: SiteId,
  site: WatchedSite,
  { falls, looks, countedAt }: Recognizing,
  signal: AbortSignal,
): Promise<Instant | undefined> {
  const { plan } = configured(deps.book, siteId);
  const leastKw = leastFallKw(plan);
  const at = looks.at(-1)?.at;
  if (at === undefined) return countedAt;
  const fall = falls.next(looks, leastKw, site.trips);
  if (fall !== undefined) {
    await judgeFall(deps, surveys, siteId, site, { fall, at, signal });
    return countedAt;
  }
  const trippedAt = site.trips.at(-1)?.at;
  if (trippedAt === undefined) return undefined;
  const since = countedAt === undefined || countedAt < trippedAt ? trippedAt : countedAt;
  if (!loadHasRisen(looks, since, leastKw)) return countedAt;
  // Power is back behind a trip: who runs again is told off at once, not at the next survey.
  const { cohorts } = await surveys.count(siteId, at, signal);
  await deps.sites.deliver(siteId, countedBy(at, cohorts, "rise"), [], signal);
  return at;
}

async function judgeFall(
  { sites, trips, book, log }: MeterWatchDeps,
  surveys: FleetSurveys,
  siteId: SiteId,
  site: WatchedSite,
  { fall, at, signal }: { readonly fall: LoadFall; readonly at: Instant; readonly signal: AbortSignal },
): Promise<void> {
  const { plan } = configured(book, siteId);
  const moved = fall.when === "dispatch" ? fall.looks[0]?.ordered : undefined;
  const before = surveys.lastBefore(siteId, fall.fellAfter);
  const after = await surveys.count(siteId, at, signal);
  const seen = plan.cohorts.flatMap(({ cohortId, lockedOut }) => {
    const isInHands = lockedOut || site.frozenCohorts.includes(cohortId);
    const isMoved = moved?.cohortIds.includes(cohortId) === true;
    return darkOf(cohortId, plan.pue, before, after).map((cohort) => ({ ...cohort, isInHands, isMoved }));
  });
  const judged = tripAfterFall(fall, seen, before?.at);
  const { fellAfter, fellBy, fromKw, toKw } = fall;
  log.error({ siteId, fellAfter, fellBy, fromKw, toKw, cohorts: seen }, judged.sentence);
  if (judged.kind !== "trip") return;
  const trip: InvoluntaryTripInput = {
    kind: INVOLUNTARY_TRIP,
    id: tripMessageId(fellBy),
    at,
    fellAfter,
    fellBy,
    fromKw,
    toKw,
    leastFallKw: leastFallKw(plan),
    cohorts: seen.filter(({ isInHands, isMoved }) => !isInHands && !isMoved).map(trippedCohort),
    when: fall.when,
    mayFallKw: moved?.mayFallKw,
    looks: fall.looks.map((look) => ({
      at: look.at,
      powerKw: look.powerKw as number,
      registerWh: String(look.registerWh),
    })),
    sentence: judged.sentence,
  };
  const { cohorts } = after;
  await trips.keep(siteId, trip);
  await sites.deliver(siteId, trip, [countedBy(at, cohorts, "trip")], signal);
}

function trippedCohort({ isInHands: _, isMoved: __, ...cohort }: CohortSeen): TrippedCohort {
  return cohort;
}

/** Machines of a cohort that drew before and answer no more; nothing of one that was not surveyed. */
function darkOf(cohortId: string, pue: number, before: DrawSurvey | undefined, after: Surveyed): TrippedCohort[] {
  const silent = new Set(after.machines.filter(({ isSilent }) => isSilent).map(({ machineId }) => machineId));
  const drew = before?.machines.filter((machine) => machine.cohortId === cohortId) ?? [];
  const dark = drew.filter(({ machineId, drawsW }) => drawsW > 0 && silent.has(machineId));
  const darkW = dark.reduce((watts, { drawsW }) => watts + drawsW, 0);
  return after.cohorts
    .filter((one) => one.cohortId === cohortId)
    .map(({ machines }) => ({
      cohortId,
      darkMachines: dark.length,
      darkKw: (darkW * pue) / 1000,
      ableMachines: machines,
    }));
}

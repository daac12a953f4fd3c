import { createHash } from "node:crypto";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { GridInstruction } from "../src/domain/inputs/gridInstruction.ts";
import { INVOLUNTARY_TRIP, type TrippedCohort } from "../src/domain/inputs/involuntaryTrip.ts";
import { RESPONSE_CLOCK } from "../src/domain/inputs/responseClock.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { checkFrozen } from "../src/domain/verification/checkFrozen.ts";
import { leastFallKw } from "../src/domain/verification/leastFall.ts";
import { type LoadFall, loadFall, type MeterLook } from "../src/domain/verification/loadFall.ts";
import { loadHasRisen } from "../src/domain/verification/loadRise.ts";
import { nextMeterLook } from "../src/domain/verification/nextMeterLook.ts";
import { type ClockVerdict, responseClock } from "../src/domain/verification/responseClock.ts";
import { clockEndedAt, runningClock } from "../src/domain/verification/runningClock.ts";
import { tripAfterFall } from "../src/domain/verification/tripAfterFall.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { KeptClock, MeterWatch, WatchedSite } from "../src/ports/meterWatch.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { countedBy, type FleetSurveys, type Surveyed } from "./fleetSurveys.ts";

export interface MeterWatchDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly registers: RegisterStore;
  readonly watch: MeterWatch;
  readonly book: SiteBook<"plan" | "siteMeterId" | "meters">;
  readonly log: Log;
  /** Market seconds between two looks while nothing is under way. */
  readonly quietLookSeconds: number;
}

/** Load may still follow a dispatch that has closed, s. */
const FOLLOWS_SECONDS = 300;
/** The slowest clock, and the looks before its start, s. */
const LOOK_BACK_SECONDS = 2_400;
/** Looks are kept for some days, for a person. */
const KEPT_SECONDS = 3 * 86_400;
/** Looks that a verdict carries into the history. */
const LOOKS_TOLD_MAX = 200;

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
  const { clock, watch } = deps;
  const key = meterWaitKey(feedId);
  const startedAt = await clock.now();
  let looks = await watch.looksSince(siteId, addSeconds(startedAt, -LOOK_BACK_SECONDS));
  await watch.forget(siteId, addSeconds(startedAt, -KEPT_SECONDS));
  let due = addSeconds(startedAt, deps.quietLookSeconds);
  let countedAt: Instant | undefined;
  while (!signal.aborted) {
    const at = await clock.waitUntil(key, due, signal, [siteId]).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    if (at === undefined) break;
    const site = await watch.site(siteId);
    const look = await lookAt(deps, siteId, site, at);
    await watch.keepLook(siteId, look);
    // Looks ahead of this one were dated by a clock that has been set back since.
    looks = [...looks.filter((one) => one.at >= addSeconds(at, -LOOK_BACK_SECONDS) && one.at < at), look];
    const running = await runClocks(deps, siteId, site, { looks, at }, signal);
    countedAt = await recognizeTrip(deps, surveys, siteId, site, { looks, countedAt }, signal);
    const leastKw = leastFallKw(configured(deps.book, siteId).plan);
    due = nextMeterLook(at, deps.quietLookSeconds, { looks, running, leastKw, isTripped: site.trips.length > 0 });
  }
  await clock.release(key);
}

async function lookAt(
  { registers, book }: MeterWatchDeps,
  siteId: SiteId,
  { isDispatching, dispatchedAt }: WatchedSite,
  at: Instant,
): Promise<MeterLook> {
  const { siteMeterId: meterId, meters } = configured(book, siteId);
  const [reading] = await meters.read([meterId], at);
  const checked = reading && checkFrozen(await registers.latestBefore(siteId, meterId, at), reading);
  // A dispatch far ahead was dated by a clock that has been set back since.
  const isMoving =
    isDispatching || (dispatchedAt !== undefined && Math.abs(secondsBetween(dispatchedAt, at)) < FOLLOWS_SECONDS);
  if (checked?.quality !== "metered") return { at, isMoving };
  const { powerKw, registerWh } = checked;
  return {
    at,
    isMoving,
    ...(powerKw === undefined ? {} : { powerKw }),
    ...(registerWh === undefined ? {} : { registerWh }),
  };
}

/** Begins, goes on with and ends the clocks of a site's instructions. Returns those that run on. */
async function runClocks(
  { sites, watch, book, log }: MeterWatchDeps,
  siteId: SiteId,
  { instructions }: WatchedSite,
  { looks, at }: { readonly looks: readonly MeterLook[]; readonly at: Instant },
  signal: AbortSignal,
): Promise<readonly KeptClock[]> {
  const { plan } = configured(book, siteId);
  const holding = instructions.filter((one) => one.from <= at && clockEndedAt(at, one) === undefined);
  const known = await watch.clocks(siteId, at);
  const begun: KeptClock[] = [];
  for (const one of holding) {
    const clockId = clockIdOf(one);
    if (known.some((kept) => kept.clockId === clockId)) continue;
    const { instructionId, revision = 1, product } = one;
    const clock = { clockId, instructionId, revision, product, ...runningClock(plan, one, looks) };
    await watch.openClock(siteId, clock);
    begun.push(clock);
  }
  const stored = begun.length === 0 ? known : await watch.clocks(siteId, at);
  const running: KeptClock[] = [];
  for (const clock of stored.filter(({ verdict }) => verdict === undefined)) {
    const endedAt = clockEndedAt(
      at,
      instructions.find((one) => clockIdOf(one) === clock.clockId),
    );
    const verdict = responseClock(clock, looks, at, endedAt);
    if (verdict === undefined) {
      running.push(clock);
      continue;
    }
    const level = verdict.outcome === "met" || verdict.outcome === "overtaken" ? "info" : "error";
    log[level]({ siteId, ...clock, ...verdict }, "the clock of an instruction");
    await sites.deliver(siteId, clockSaid(clock, looks, at, verdict, endedAt), [], signal);
    await watch.closeClock(siteId, clock.clockId, verdict, at);
  }
  return running;
}

function clockSaid(
  clock: KeptClock,
  looks: readonly MeterLook[],
  at: Instant,
  verdict: ClockVerdict,
  endedAt: Instant | undefined,
): SiteInput {
  const { clockId, instructionId, revision, product, startedAt, dueAt, baseKw, targetKw } = clock;
  const since = looks.filter((look) => look.at >= startedAt).slice(-LOOKS_TOLD_MAX);
  return {
    kind: RESPONSE_CLOCK,
    id: `${RESPONSE_CLOCK}/${clockId}`,
    at,
    instructionId,
    revision,
    product,
    startedAt,
    dueAt,
    baseKw,
    targetKw,
    looks: since.map((look) => ({ at: look.at, powerKw: look.powerKw })),
    endedAt,
    ...verdict,
  };
}

/** One clock for what an instruction asks: sent again with the same content it is the same. */
function clockIdOf({ instructionId, revision = 1, from, effectiveBy, demand, cohortIds }: GridInstruction): string {
  const kw = demand === undefined || demand.kind === "off" ? ["off"] : [demand.kind, demand.kw];
  const content = JSON.stringify([instructionId, revision, from, effectiveBy, kw, cohortIds?.toSorted()]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/** Returns when it last counted who came back during a trip. */
async function recognizeTrip(
  deps: MeterWatchDeps,
  surveys: FleetSurveys,
  siteId: SiteId,
  site: WatchedSite,
  { looks, countedAt }: { readonly looks: readonly MeterLook[]; readonly countedAt: Instant | undefined },
  signal: AbortSignal,
): Promise<Instant | undefined> {
  const { plan } = configured(deps.book, siteId);
  const leastKw = leastFallKw(plan);
  const at = looks.at(-1)?.at;
  if (at === undefined) return countedAt;
  const fall = loadFall(looks, leastKw);
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
  { sites, book, log }: MeterWatchDeps,
  surveys: FleetSurveys,
  siteId: SiteId,
  site: WatchedSite,
  { fall, at, signal }: { readonly fall: LoadFall; readonly at: Instant; readonly signal: AbortSignal },
): Promise<void> {
  const { plan } = configured(book, siteId);
  const before = surveys.last(siteId);
  const after = await surveys.count(siteId, at, signal);
  const seen = plan.cohorts.flatMap(({ cohortId, lockedOut }) => {
    const isInHands = lockedOut || site.frozenCohorts.includes(cohortId);
    return darkOf(cohortId, plan.pue, before, after).map((cohort) => ({ ...cohort, isInHands }));
  });
  const judged = tripAfterFall(fall, seen, before?.at);
  const { fellAfter, fellBy, fromKw, toKw } = fall;
  log.error({ siteId, fellAfter, fellBy, fromKw, toKw, cohorts: seen }, judged.sentence);
  if (judged.kind !== "trip") return;
  const trip: SiteInput = {
    kind: INVOLUNTARY_TRIP,
    id: `${INVOLUNTARY_TRIP}/${fellBy}`,
    at,
    fellAfter,
    fellBy,
    fromKw,
    toKw,
    leastFallKw: leastFallKw(plan),
    cohorts: seen.filter(({ isInHands }) => !isInHands).map(({ isInHands: _, ...one }): TrippedCohort => one),
    looks: fall.looks.map((look) => ({
      at: look.at,
      powerKw: look.powerKw as number,
      registerWh: String(look.registerWh),
    })),
    sentence: judged.sentence,
  };
  const { cohorts } = after;
  await sites.deliver(siteId, trip, [countedBy(at, cohorts, "trip")], signal);
}

/** Machines of a cohort that drew before and answer no more; nothing of one that was not surveyed. */
function darkOf(cohortId: string, pue: number, before: Surveyed | undefined, after: Surveyed): TrippedCohort[] {
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

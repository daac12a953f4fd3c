import { cancellationSignal } from "@temporalio/activity";
import { canShed } from "../src/domain/dispatch/canFollow.ts";
import { batchesOf } from "../src/domain/dispatch/batches.ts";
import { type BaseSpan, dispatchBase, isAble, type LastRead } from "../src/domain/dispatch/dispatchBase.ts";
import { type CohortChange, cohortChanges } from "../src/domain/dispatch/cohortChanges.ts";
import { mostFall } from "../src/domain/dispatch/mostFall.ts";
import { expectedChange } from "../src/domain/dispatch/expectedChange.ts";
import { undrawnPower } from "../src/domain/dispatch/undrawnPower.ts";
import { DISPATCH_VERDICT } from "../src/domain/inputs/dispatchVerdict.ts";
import type { CohortTarget, DispatchBatch, DispatchPlan } from "../src/domain/dispatch/model.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant } from "../src/domain/units/instant.ts";
import { loadMayMove } from "../src/domain/verification/loadMayMove.ts";
import type { ResponseVerdict } from "../src/domain/verification/model.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MeterWatch, WatchedSite } from "../src/ports/meterWatch.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import type { SurveyStore } from "../src/ports/surveyStore.ts";
import { configured } from "./configured.ts";
import { machinesOf } from "./machines.ts";
import { dispatchHold, refuseUndecided } from "./revision.ts";
import { METER_TRIES, sitePower, type SitePowerDeps } from "./sitePower.ts";
import { dated } from "./witnessed.ts";

export interface DispatchDeps extends SitePowerDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly sites: SiteGateway;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly decisions: DecisionStore;
  readonly watch: Pick<MeterWatch, "site" | "keepLook">;
  readonly surveys: Pick<SurveyStore, "kept">;
  readonly book: SiteBook<"plan" | "siteMeterId" | "meters" | "retiredAt">;
  readonly log: Log;
}

/** A survey is taken every five minutes and may itself take minutes: one that is older tells of another load. */
const SURVEY_SECONDS_MAX = 600;
/** A survey keeps the machines that drew power; the others of a cohort that it read drew none. */
const NOT_DRAWING_W = 0;

/** A dispatch as it begins: its batches, and what the meter shows if every machine that is able to follows. */
export interface OpenedDispatch {
  readonly superseded: boolean;
  readonly resumed: boolean;
  readonly beforeKw?: number;
  readonly batches: readonly DispatchBatch[];
  readonly expectedDeltaKw: number;
  /** What its machines did not draw of their mode's power when last surveyed before it, kW. Absent for none. */
  readonly undrawnKw?: number;
}

/**
 * Activities that begin a dispatch and end it. They throw what the ledger's and the meters' ports throw, which is
 * retried, NotConfigured for a site that is not in the configuration, and a final BadInput for a dispatch that no
 * recorded decision ordered.
 */
export function dispatchActivities(deps: DispatchDeps) {
  const { clock, witness, sites, fleet, ledger, decisions, watch, surveys, book, log } = deps;
  return {
    /**
     * Fence off older revisions and settle what the response is measured against: the site meter before anything moves,
     * or, where the revision before was taken back before its verdict, what that one was measured against (`resumed`).
     * Who is able to run settles which machines get which mode: `batches`, for this dispatch's whole life. The reading
     * is a look of the watch too: the clock of an instruction counts from it.
     */
    async openDispatch({ plan }: { plan: DispatchPlan }): Promise<OpenedDispatch> {
      const { siteId, revision, targets, batchSize } = plan;
      await refuseUndecided(decisions, siteId, revision, plan.targets);
      await clock.hold(dispatchHold(siteId, revision));
      const lastRead = new Map<string, readonly LastRead[]>();
      for (const target of targets) lastRead.set(target.cohortId, await lastReadOf(siteId, target));
      // Who sleeps and stays so is read now: somebody may have stopped them since they were read last.
      for (const target of targets.filter((one) => one.isDriven && one.keepsAsleep === true))
        lastRead.set(target.cohortId, await readNow(siteId, target, lastRead.get(target.cohortId) ?? []));
      const read = ({ cohortId }: CohortTarget): readonly LastRead[] => lastRead.get(cohortId) as readonly LastRead[];
      const batches = targets
        .filter(({ isDriven }) => isDriven)
        .flatMap((target) => {
          const awake = read(target).map((machine) => machine !== undefined && canShed(machine));
          return batchesOf(target, read(target).map(isAble), batchSize, awake);
        });
      const baseBy = (of: (target: CohortTarget) => BaseSpan[]): Record<string, BaseSpan[]> =>
        Object.fromEntries(targets.map((target) => [target.cohortId, of(target)]));
      const standing = await watch.site(siteId);
      const { newest, base, baseRevision, resumed } = await ledger.open(siteId, revision, async () => {
        const drawnW = await drawnBefore(siteId, await clock.now());
        const cohorts = baseBy((target) => dispatchBase(target, read(target), drawnW(target)));
        const changes = cohortChanges(targets, batches, cohorts);
        return { beforeKw: await powerBefore(siteId, revision, standing, changes), cohorts };
      });
      // Its commands follow those of the one that it takes back, at a load that is half moved: nobody reads that.
      if (resumed) {
        const asTold = baseBy((target) => dispatchBase(target, read(target)));
        const cohorts = cohortChanges(targets, batches, base.cohorts, asTold);
        const changes = { sinceRevision: baseRevision, cohorts };
        await watch.keepLook(siteId, { at: await clock.now(), isMoving: true, beforeRevision: revision, changes });
      }
      const undrawnKw = undrawnPower(targets, batches, base.cohorts);
      return {
        superseded: newest > revision,
        resumed,
        beforeKw: base.beforeKw,
        batches,
        expectedDeltaKw: expectedChange(targets, batches, base.cohorts),
        ...(undrawnKw === undefined ? {} : { undrawnKw }),
      };
    },

    /** Write the verdict and the straggler list, tell the site unless it is retired, let the clock go. */
    async closeDispatch({
      siteId,
      revision,
      decidedAt,
      outcome,
    }: {
      siteId: SiteId;
      revision: number;
      decidedAt: Instant;
      outcome: ResponseVerdict | "superseded";
    }): Promise<{ stragglers: number }> {
      const at = await dated(witness, log, await clock.now());
      const stragglers = await ledger.close(siteId, revision, outcome, at);
      const measured =
        outcome === "superseded" ? {} : { measuredKw: outcome.measuredDeltaKw, seconds: outcome.secondsSinceOrder };
      const word = {
        kind: DISPATCH_VERDICT,
        id: `verdict/${revision}/${decidedAt}`,
        at,
        revision,
        outcome: outcome === "superseded" ? outcome : outcome.outcome,
        ...measured,
        stragglers: stragglers.length,
      } as const;
      // A site that is retired meanwhile has no run, and nobody begins one.
      if (configured(book, siteId).retiredAt === undefined) await sites.deliver(siteId, word, [], cancellationSignal());
      await clock.release(dispatchHold(siteId, revision));
      return { stragglers: stragglers.length };
    },
  };

  /** The site meter before a revision's commands, kW, by a look that is kept; undefined where it was not read. */
  async function powerBefore(
    siteId: SiteId,
    revision: number,
    standing: WatchedSite,
    cohorts: readonly CohortChange[],
  ): Promise<number | undefined> {
    const at = await clock.now();
    const read = await sitePower(deps, siteId, at, METER_TRIES);
    const isMoving = loadMayMove(standing, at);
    const changes = { sinceRevision: revision, cohorts };
    await watch.keepLook(siteId, {
      at,
      ...read,
      isMoving,
      beforeRevision: revision,
      ordered: mostFall(cohorts),
      changes,
    });
    return read.powerKw;
  }

  /**
   * What each machine of a cohort drew by the newest survey, W at the wall, in inventory order; undefined for a cohort
   * of which it has none, which may not have been read.
   */
  async function drawnBefore(
    siteId: SiteId,
    at: Instant,
  ): Promise<(target: CohortTarget) => readonly number[] | undefined> {
    const { pue } = configured(book, siteId).plan;
    const oldest = addSeconds(at, -SURVEY_SECONDS_MAX);
    const newest = (await surveys.kept(siteId)).findLast((survey) => survey.at >= oldest && survey.at <= at);
    const byCohort = Map.groupBy(newest === undefined ? [] : newest.machines, ({ cohortId }) => cohortId);
    return ({ cohortId, machines }) => {
      const drew = byCohort.get(cohortId);
      if (drew === undefined) return undefined;
      const drawsW = new Map(drew.map((machine) => [machine.machineId, machine.drawsW * pue]));
      const known = machinesOf({ cohortId, spans: [{ from: 0, to: machines }] }, fleet.machines(siteId, cohortId));
      return known.map(({ machineId }) => drawsW.get(machineId) ?? NOT_DRAWING_W);
    };
  }

  /** Each machine of a cohort as it is now, in inventory order; one that does not answer as it was read last. */
  async function readNow(
    siteId: SiteId,
    { cohortId, machines }: CohortTarget,
    last: readonly LastRead[],
  ): Promise<readonly LastRead[]> {
    const known = machinesOf({ cohortId, spans: [{ from: 0, to: machines }] }, fleet.machines(siteId, cohortId));
    const readings = await fleet.read(known, await clock.now(), cancellationSignal());
    const states = new Map(readings.map(({ machineId, state }) => [machineId, state]));
    return known.map(({ machineId }, i) => {
      const state = states.get(machineId);
      return state === undefined || state === "unknown" ? last[i] : { ...last[i], state };
    });
  }

  /** The last read-back of each machine of a cohort, in inventory order. */
  async function lastReadOf(siteId: SiteId, { cohortId, machines }: CohortTarget): Promise<readonly LastRead[]> {
    const known = machinesOf({ cohortId, spans: [{ from: 0, to: machines }] }, fleet.machines(siteId, cohortId));
    const standing = await ledger.standing(siteId, cohortId);
    return known.map(({ machineId }) => standing.get(machineId));
  }
}

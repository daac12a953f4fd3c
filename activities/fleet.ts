import { activityInfo, cancellationSignal, heartbeat } from "@temporalio/activity";
import type {
  CohortTarget,
  CommandOutcome,
  DispatchBatch,
  DispatchPlan,
  Machine,
  OperatingPoint,
  WaveSummary,
} from "../src/domain/dispatch/model.ts";
import { canRestore } from "../src/domain/dispatch/canRestore.ts";
import { canShed } from "../src/domain/dispatch/canShed.ts";
import { type CohortBase, expectedChange } from "../src/domain/dispatch/expectedChange.ts";
import { isAtTarget } from "../src/domain/dispatch/straggler.ts";
import { checkFrozen } from "../src/domain/verification/checkFrozen.ts";
import type { ResponseVerdict } from "../src/domain/verification/model.ts";
import { addSeconds, type Instant } from "../src/domain/units/instant.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { CommandEntry, FleetLedger, MachineStanding, UnstoredRow } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MeterReadings } from "../src/ports/meterReadings.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { everySlice } from "./everySlice.ts";
import { heldBack, type HoldingDeps, withheld } from "./heldBack.ts";
import { heartbeating } from "./heartbeating.ts";
import { machinesOf } from "./machinesOf.ts";
import { refuseUndecided } from "./refuseUndecided.ts";
import { dispatchHold } from "./site.ts";
import { dated } from "./witnessed.ts";

export interface FleetDeps extends HoldingDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly sites: SiteGateway;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly decisions: DecisionStore;
  readonly meters: MeterReadings;
  readonly registers: RegisterStore;
  /** Meter whose power proves a site's megawatts. */
  readonly siteMeters: ReadonlyMap<string, string>;
  readonly cohortIds: ReadonlyMap<string, readonly string[]>;
  readonly log: Log;
}

interface BatchOrder {
  readonly siteId: string;
  readonly revision: number;
  readonly attempt: number;
  readonly batch: DispatchBatch;
  readonly target: CohortTarget;
}

/** Commands are logged in slices of this many machines: a crash repeats those under way, and reads before it writes. */
const LOG_SLICE = 50;
/** A verdict is not lost to one answer of the site meter that did not come. */
const METER_TRIES = 2;

/**
 * Activities of the dispatch and verification stages. They throw what the controllers' and meters' ports throw, which
 * is retried, and an Error for a site, or for machines of a batch, that are not in the configuration.
 */
export function fleetActivities(deps: FleetDeps) {
  const { clock, witness, sites, fleet, ledger, decisions, meters, registers, siteMeters, cohortIds, log } = deps;
  return {
    /** Read every machine of a site once, before its first decision: who is able to run. */
    async surveyFleet({ siteId }: { siteId: string }): Promise<{ machines: number; running: number }> {
      return heartbeating(async (signal) => {
        const at = await clock.now();
        let machines = 0;
        let running = 0;
        for (const cohortId of configured(cohortIds, siteId)) {
          const readings = await fleet.read(fleet.machines(siteId, cohortId), at, signal);
          tellUnstored(siteId, await ledger.saveReadings(siteId, cohortId, undefined, readings));
          machines += readings.length;
          running += readings.filter((reading) => reading.state === "running" || reading.state === "ramping").length;
        }
        return { machines, running };
      });
    },

    /**
     * Fence off older revisions and settle what the response is measured against: the site meter before anything moves,
     * or, where the revision before was taken back before its verdict, what that one was measured against (`resumed`).
     */
    async openDispatch({
      plan,
    }: {
      plan: DispatchPlan;
    }): Promise<{ superseded: boolean; resumed: boolean; beforeKw?: number; expectedDeltaKw: number }> {
      const { siteId, revision } = plan;
      await refuseUndecided(decisions, siteId, revision, plan.targets);
      await clock.hold(dispatchHold(siteId, revision));
      const { newest, base, resumed } = await ledger.open(siteId, revision, async () => ({
        beforeKw: (await siteKw(siteId, await clock.now())).kw,
        cohorts: await cohortsNow(plan),
      }));
      return {
        superseded: newest > revision,
        resumed,
        beforeKw: base.beforeKw,
        expectedDeltaKw: expectedChange(plan, base.cohorts),
      };
    },

    /**
     * One wave of writes over one batch. Attempt 0 goes to every machine, later ones to those not yet seen at their
     * target.
     */
    async commandBatch(order: BatchOrder): Promise<WaveSummary> {
      const { siteId, revision, attempt, batch, target } = order;
      return heartbeating(async (signal) => {
        if (await isFenced(siteId, revision)) return await wave(batch, {}, true);
        const known = machinesOf(batch, fleet.machines(siteId, batch.cohortId));
        await refuseUndecided(decisions, siteId, revision, [{ ...target, cohortId: batch.cohortId }]);
        const standing = await ledger.standing(siteId, batch.cohortId);
        const done = await ledger.commanded(siteId, revision, attempt);
        const machines = known.filter((machine) => !done.machineIds.has(machine.machineId));
        // Whoever tried before this may have died between telling a machine and writing it down.
        const mayBeUnderWay = activityInfo().attempt > 1 || (attempt === 0 && done.takesBack);
        const due =
          attempt === 0 ? machines : machines.filter((machine) => standing.get(machine.machineId)?.atTarget !== true);
        const outcomes: Partial<Record<CommandOutcome, number>> = {};
        let [commanded, isOver] = [0, false];
        await everySlice(due, LOG_SLICE, async (next) => {
          const held = await heldBack(deps, siteId, batch.cohortId);
          if (held === undefined) await noteRestPoints(siteId, next, target, standing, signal);
          isOver ||= await isFenced(siteId, revision);
          if (isOver) return;
          const entries =
            held === undefined
              ? await commandSlice(next, target, standing, mayBeUnderWay, signal)
              : withheld(next, target, held, await dated(witness, log, await clock.now()));
          tellUnstored(siteId, await ledger.logCommands(siteId, revision, attempt, entries));
          for (const entry of entries) outcomes[entry.outcome] = (outcomes[entry.outcome] ?? 0) + 1;
          heartbeat({ commanded: (commanded += entries.length) });
        });
        return await wave(batch, outcomes, isOver);
      });
    },

    /**
     * Market seconds after the writes (after `writtenAt`, so that a second try waits no longer than the first): what
     * the site meter shows. The clock stands from here to the end of the read-backs.
     */
    async measureResponse({
      siteId,
      revision,
      settleSeconds,
      writtenAt,
    }: {
      siteId: string;
      revision: number;
      settleSeconds: number;
      writtenAt?: Instant;
    }): Promise<{ superseded: boolean; readAt: Instant; nowKw?: number }> {
      return heartbeating(async (signal) => {
        const readAt = await clock.waitUntil(
          dispatchHold(siteId, revision),
          addSeconds(writtenAt ?? (await clock.now()), settleSeconds),
          signal,
        );
        if (await isFenced(siteId, revision)) return { superseded: true, readAt };
        const { kw: nowKw } = await siteKw(siteId, readAt);
        return { superseded: false, readAt: await dated(witness, log, readAt), nowKw };
      });
    },

    /** One wave of read-backs over one batch: an acknowledgement proves nothing, this proves the machine. */
    async readBackBatch({ siteId, revision, batch, target }: BatchOrder): Promise<WaveSummary> {
      return heartbeating(async (signal) => {
        if (await isFenced(siteId, revision)) return summary(batch, {}, true);
        const readAt = await clock.now();
        const standing = await ledger.standing(siteId, batch.cohortId);
        const machines = machinesOf(batch, fleet.machines(siteId, batch.cohortId));
        const readings = await fleet.read(machines, readAt, signal);
        const judged = readings.map((reading, i) => {
          const machine = machines[i] as Machine;
          const atTarget = isAtTarget(reading, { ...target, point: pointOf(machine, target, standing) });
          return { ...reading, atTarget, restored: atTarget && target.restores === true };
        });
        tellUnstored(siteId, await ledger.saveReadings(siteId, batch.cohortId, revision, judged));
        const atTarget = judged.filter((reading) => reading.atTarget).length;
        const unread = judged.filter((reading) => reading.state === "unknown").length;
        return {
          cohortId: batch.cohortId,
          machines: judged.length,
          outcomes: {},
          atTarget,
          stragglers: judged.length - atTarget - unread,
          superseded: false,
        };
      });
    },

    /** Write the verdict and the straggler list, tell the site, let the clock go. */
    async closeDispatch({
      siteId,
      revision,
      decidedAt,
      outcome,
    }: {
      siteId: string;
      revision: number;
      decidedAt: Instant;
      outcome: ResponseVerdict | "superseded";
    }): Promise<{ stragglers: number }> {
      const at = await dated(witness, log, await clock.now());
      const stragglers = await ledger.close(siteId, revision, outcome, at);
      const measured =
        outcome === "superseded" ? {} : { measuredKw: outcome.measuredDeltaKw, seconds: outcome.secondsSinceOrder };
      await sites.deliver(siteId, {
        kind: "dispatch-verdict",
        id: `verdict/${revision}/${decidedAt}`,
        at,
        revision,
        outcome: outcome === "superseded" ? outcome : outcome.outcome,
        ...measured,
        stragglers: stragglers.length,
      });
      await clock.release(dispatchHold(siteId, revision));
      return { stragglers: stragglers.length };
    },
  };

  /** What a machine holds is on record before its profile is changed: the way back outlives who dies in between. */
  async function noteRestPoints(
    siteId: string,
    machines: readonly Machine[],
    target: CohortTarget,
    standing: ReadonlyMap<string, MachineStanding>,
    signal: AbortSignal,
  ): Promise<void> {
    if (target.point.kind === "off" || target.restores) return;
    const unknown = machines.filter((machine) => standing.get(machine.machineId)?.profileBefore === undefined);
    if (unknown.length === 0) return;
    const readings = await fleet.read(unknown, await clock.now(), signal);
    const restPoints = readings.map((reading) => ({ ...reading, restPoint: true }));
    tellUnstored(siteId, await ledger.saveReadings(siteId, target.cohortId, undefined, restPoints));
  }

  /** A machine whose row was not stored is commanded all the same; a repeat of this activity may ask it again. */
  function tellUnstored(siteId: string, rows: readonly UnstoredRow[]): void {
    for (const row of rows) log.error({ siteId, ...row }, "a machine's row could not be stored");
  }

  async function commandSlice(
    machines: readonly Machine[],
    target: CohortTarget,
    standing: ReadonlyMap<string, MachineStanding>,
    mayBeUnderWay: boolean,
    signal: AbortSignal,
  ): Promise<CommandEntry[]> {
    const at = await dated(witness, log, await clock.now());
    const byId = new Map<string, CommandEntry>();
    await fleet.apply(
      machines.map((machine) => ({ machine, point: pointOf(machine, target, standing), mayBeUnderWay })),
      signal,
      ({ machineId, outcome, writes, profileBefore, detail }) =>
        // What a machine held before it was restored is no point to restore it to.
        byId.set(machineId, {
          machineId,
          cohortId: target.cohortId,
          modeId: target.modeId,
          outcome,
          writes,
          profileBefore: target.restores ? undefined : profileBefore,
          detail,
          at,
        }),
    );
    cancellationSignal().throwIfAborted();
    return machines.map((machine) => byId.get(machine.machineId) as CommandEntry);
  }

  /**
   * Going back to normal restores the profile that Ballast changed; a machine whose profile it did not change keeps its
   * own.
   */
  function pointOf(
    machine: Machine,
    target: CohortTarget,
    standing: ReadonlyMap<string, MachineStanding>,
  ): OperatingPoint {
    if (target.point.kind === "off" || !target.restores) return target.point;
    return { kind: "on", profile: standing.get(machine.machineId)?.profileBefore };
  }

  async function cohortsNow({ siteId, targets }: DispatchPlan): Promise<Record<string, CohortBase>> {
    const cohorts: Record<string, CohortBase> = {};
    for (const { cohortId, fromW } of targets) {
      const machines = [...(await ledger.standing(siteId, cohortId)).values()];
      cohorts[cohortId] = {
        fromW,
        ableToShed: machines.filter(canShed).length,
        ableToRestore: machines.filter(canRestore).length,
      };
    }
    return cohorts;
  }

  async function wave(
    batch: DispatchBatch,
    outcomes: WaveSummary["outcomes"],
    superseded: boolean,
  ): Promise<WaveSummary> {
    return { ...summary(batch, outcomes, superseded), endedAt: await clock.now() };
  }

  async function isFenced(siteId: string, revision: number): Promise<boolean> {
    const newest = await ledger.newestRevision(siteId);
    return newest !== undefined && newest > revision;
  }

  /** Power at the site meter; none from a meter that is silent, or frozen since an earlier boundary. */
  async function siteKw(siteId: string, at: Instant): Promise<{ kw?: number }> {
    const meterId = configured(siteMeters, siteId);
    const before = await registers.latestBefore(siteId, meterId, at);
    for (let triesLeft = METER_TRIES; triesLeft > 0; triesLeft -= 1) {
      const [reading] = await meters.read([meterId], at);
      const checked = reading && checkFrozen(before, reading);
      if (checked?.quality === "metered") return { kw: checked.powerKw };
      if (checked?.quality === "stale") break;
    }
    return {};
  }
}

function summary(batch: DispatchBatch, outcomes: WaveSummary["outcomes"], superseded: boolean): WaveSummary {
  return {
    cohortId: batch.cohortId,
    machines: batch.to - batch.from,
    outcomes,
    atTarget: 0,
    stragglers: 0,
    superseded,
  };
}

import { activityInfo, cancellationSignal, heartbeat } from "@temporalio/activity";
import type {
  BatchOrder,
  CommandOutcome,
  DispatchBatch,
  Machine,
  ShareTarget,
  WaveSummary,
} from "../src/domain/dispatch/model.ts";
import { setpointOf } from "../src/domain/dispatch/setpointOf.ts";
import { unreadWave } from "../src/domain/dispatch/unreadWave.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { CommandEntry, FleetLedger, MachineStanding } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import { everySlice } from "./everySlice.ts";
import { heartbeating } from "./heartbeating.ts";
import { heldBack, type HoldingDeps, withheld } from "./heldBack.ts";
import { machinesOf, tellUnstored } from "./machines.ts";
import { isFenced, refuseUndecided } from "./revision.ts";
import { dated } from "./witnessed.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

export interface CommandDeps extends HoldingDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly decisions: DecisionStore;
  readonly log: Log;
}

/** Commands are logged in slices of this many machines: a crash repeats those under way, and reads before it writes. */
const LOG_SLICE = 50;

/**
 * The activity that writes to machines. It throws what the controllers' ports throw, which is retried, NotConfigured
 * for machines of a batch that are not in the configuration, and a final BadInput for a batch that no recorded decision
 * ordered.
 */
export function commandActivities(deps: CommandDeps) {
  const { clock, witness, fleet, ledger, decisions, log } = deps;
  return {
    /**
     * One wave of writes over one batch. Attempt 0 goes to every machine, later ones to those not yet seen at their
     * target.
     */
    async commandBatch(order: BatchOrder): Promise<WaveSummary> {
      const { siteId, revision, attempt, batch, target } = order;
      return heartbeating(async (signal) => {
        if (await isFenced(ledger, siteId, revision)) return await wave(batch, {}, true);
        const known = machinesOf(batch, fleet.machines(siteId, batch.cohortId));
        await refuseUndecided(decisions, siteId, revision, [
          { cohortId: batch.cohortId, shares: [target], part: true },
        ]);
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
          const held = await heldBack(deps, siteId, target);
          if (held === undefined) await noteRestPoints(siteId, next, target, standing, signal);
          isOver ||= await isFenced(ledger, siteId, revision);
          if (isOver) return;
          const entries =
            held === undefined
              ? await commandSlice(next, target, standing, mayBeUnderWay, signal)
              : withheld(next, target, held, await dated(witness, log, await clock.now()));
          tellUnstored(log, siteId, await ledger.logCommands(siteId, revision, attempt, entries));
          for (const entry of entries) outcomes[entry.outcome] = (outcomes[entry.outcome] ?? 0) + 1;
          heartbeat({ commanded: (commanded += entries.length) });
        });
        return await wave(batch, outcomes, isOver);
      });
    },
  };

  /** What a machine holds is on record before its set-point is changed: the way back outlives who dies in between. */
  async function noteRestPoints(
    siteId: SiteId,
    machines: readonly Machine[],
    target: ShareTarget,
    standing: ReadonlyMap<string, MachineStanding>,
    signal: AbortSignal,
  ): Promise<void> {
    if (target.point.kind === "off" || target.restores) return;
    const unknown = machines.filter((machine) => standing.get(machine.machineId)?.setpointBefore === undefined);
    if (unknown.length === 0) return;
    const readings = await fleet.read(unknown, await clock.now(), signal);
    const restPoints = readings.map((reading) => ({ ...reading, restPoint: true }));
    tellUnstored(log, siteId, await ledger.saveReadings(siteId, target.cohortId, undefined, restPoints));
  }

  async function commandSlice(
    machines: readonly Machine[],
    target: ShareTarget,
    standing: ReadonlyMap<string, MachineStanding>,
    mayBeUnderWay: boolean,
    signal: AbortSignal,
  ): Promise<CommandEntry[]> {
    const at = await dated(witness, log, await clock.now());
    const byId = new Map<string, CommandEntry>();
    await fleet.apply(
      machines.map((machine) => ({
        machine,
        point: setpointOf(target, standing.get(machine.machineId)?.setpointBefore),
        mayBeUnderWay,
      })),
      signal,
      ({ machineId, outcome, writes, setpointBefore, detail }) =>
        // What a machine held before it was restored is no point to restore it to.
        byId.set(machineId, {
          machineId,
          cohortId: target.cohortId,
          modeId: target.modeId,
          outcome,
          writes,
          setpointBefore: target.restores ? undefined : setpointBefore,
          detail,
          at,
        }),
    );
    cancellationSignal().throwIfAborted();
    return machines.map((machine) => byId.get(machine.machineId) as CommandEntry);
  }

  async function wave(
    batch: DispatchBatch,
    outcomes: WaveSummary["outcomes"],
    superseded: boolean,
  ): Promise<WaveSummary> {
    return { ...unreadWave(batch, outcomes, superseded), endedAt: await clock.now() };
  }
}

import type { BatchOrder, Machine, WaveSummary } from "../src/domain/dispatch/model.ts";
import { setpointOf } from "../src/domain/dispatch/setpointOf.ts";
import { isAtTarget } from "../src/domain/dispatch/straggler.ts";
import { unreadWave } from "../src/domain/dispatch/unreadWave.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant } from "../src/domain/units/instant.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MeterWatch } from "../src/ports/meterWatch.ts";
import { heartbeating } from "./heartbeating.ts";
import { machinesOf, tellUnstored } from "./machines.ts";
import { dispatchHold, isFenced } from "./revision.ts";
import { METER_TRIES, sitePower, type SitePowerDeps } from "./sitePower.ts";
import { dated } from "./witnessed.ts";

export interface VerificationDeps extends SitePowerDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly watch: Pick<MeterWatch, "keepLook">;
  readonly log: Log;
}

/**
 * Activities of the verification stage: what the site meter shows, and each machine. They throw what the meters' and
 * controllers' ports throw, which is retried, and NotConfigured for a site, or machines of a batch, that are not in the
 * configuration.
 */
export function verificationActivities(deps: VerificationDeps) {
  const { clock, witness, fleet, ledger, watch, log } = deps;
  return {
    /**
     * Market seconds after the writes (after `writtenAt`, so that a second try waits no longer than the first): what
     * the site meter shows, by a look that the watch of the meter has too. The clock stands from here to the end of the
     * read-backs.
     */
    async measureResponse({
      siteId,
      revision,
      settleSeconds,
      writtenAt,
    }: {
      siteId: SiteId;
      revision: number;
      settleSeconds: number;
      writtenAt?: Instant;
    }): Promise<{ superseded: boolean; readAt: Instant; nowKw?: number }> {
      return heartbeating(async (signal) => {
        const readAt = await clock.waitUntil(
          dispatchHold(siteId, revision),
          addSeconds(writtenAt ?? (await clock.now()), settleSeconds),
          signal,
          [siteId],
        );
        if (await isFenced(ledger, siteId, revision)) return { superseded: true, readAt };
        const read = await sitePower(deps, siteId, readAt, METER_TRIES);
        await watch.keepLook(siteId, { at: readAt, ...read, isMoving: true });
        return { superseded: false, readAt: await dated(witness, log, readAt), nowKw: read.powerKw };
      });
    },

    /** One wave of read-backs over one batch: an acknowledgement proves nothing, this proves the machine. */
    async readBackBatch({ siteId, revision, batch, target }: BatchOrder): Promise<WaveSummary> {
      return heartbeating(async (signal) => {
        if (await isFenced(ledger, siteId, revision)) return unreadWave(batch, {}, true);
        const readAt = await clock.now();
        const standing = await ledger.standing(siteId, batch.cohortId);
        const machines = machinesOf(batch, fleet.machines(siteId, batch.cohortId));
        const readings = await fleet.read(machines, readAt, signal);
        const judged = readings.map((reading, i) => {
          const machine = machines[i] as Machine;
          const point = setpointOf(target, standing.get(machine.machineId)?.setpointBefore);
          const atTarget = isAtTarget(reading, { ...target, point });
          return { ...reading, atTarget, restored: atTarget && target.restores === true };
        });
        tellUnstored(log, siteId, await ledger.saveReadings(siteId, batch.cohortId, revision, judged));
        const atTarget = judged.filter((reading) => reading.atTarget).length;
        const unread = judged.filter((reading) => reading.state === "unknown").length;
        return {
          cohortId: batch.cohortId,
          modeId: batch.modeId,
          machines: judged.length,
          outcomes: {},
          atTarget,
          stragglers: judged.length - atTarget - unread,
          superseded: false,
        };
      });
    },
  };
}

import type { CohortPlan } from "../src/domain/decision/model.ts";
import { dayEnd, operatingDayOf } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { ableCohort } from "../src/domain/dispatch/ableCohort.ts";
import type { MachineReading } from "../src/domain/dispatch/model.ts";
import { nextSurveyAt } from "../src/domain/dispatch/nextSurveyAt.ts";
import { type AbleCohort, FLEET_ABLE, type FleetAbleInput } from "../src/domain/inputs/fleetAble.ts";
import type { CohortId, SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { FleetLedger, MachineStanding } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { RidingFacts } from "../src/ports/ridingFacts.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { configured } from "./configured.ts";
import { everySlice } from "./everySlice.ts";
import { endWait } from "./endWait.ts";
import { heartbeating } from "./heartbeating.ts";
import { tellUnstored } from "./machines.ts";

export interface SurveyDeps {
  readonly clock: MarketClock;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly riding: Pick<RidingFacts, "keep">;
  readonly book: SiteBook<"plan" | "retiredAt">;
  readonly log: Log;
}

/** Machines of one slice: five slices at a time leave a fifth of the connections to commands. */
const SLICE = 40;
/** Real time for the machines of one site: a survey is over before the next one is due. */
const SURVEY_MS_MAX = 200_000;

/**
 * Activities that read whole fleets. They throw what the ports throw, which is retried, and NotConfigured for a site
 * that is not in the configuration.
 */
export function surveyActivities({ clock, fleet, ledger, riding, book, log }: SurveyDeps) {
  return {
    /** Read every machine of a site once, before its first decision, which goes by who is `counted` as able to run. */
    async surveyFleet({
      siteId,
    }: {
      siteId: SiteId;
    }): Promise<{ machines: number; running: number; counted: FleetAbleInput }> {
      return heartbeating(async (signal) => {
        const at = await clock.now();
        let machines = 0;
        let running = 0;
        const cohorts: AbleCohort[] = [];
        for (const cohort of configured(book, siteId).plan.cohorts) {
          const { cohortId } = cohort;
          const readings = await fleet.read(fleet.machines(siteId, cohortId), at, signal);
          cohorts.push(countOf(cohort, readings, await ledger.standing(siteId, cohortId)));
          tellUnstored(log, siteId, await ledger.saveReadings(siteId, cohortId, undefined, readings));
          machines += readings.length;
          running += readings.filter((reading) => reading.state === "running" || reading.state === "ramping").length;
        }
        return { machines, running, counted: countedBy(at, cohorts) };
      });
    },

    /**
     * Counts every five market minutes, until the operating day has ended, who of each site's machines is able to run.
     * The count rides in the site's next SCED signal; a cohort that could not be read in time is left out of it.
     */
    async watchFleet({
      feedId,
      siteIds,
    }: {
      feedId: string;
      siteIds: readonly SiteId[];
    }): Promise<{ operatingDay: OperatingDay; isOver?: true }> {
      return heartbeating(async (signal) => {
        let at = await clock.now();
        if (siteIds.every((siteId) => configured(book, siteId).retiredAt !== undefined)) {
          await endWait(clock, `feed/${feedId}`, signal);
          return { operatingDay: operatingDayOf(at), isOver: true };
        }
        const end = dayEnd(operatingDayOf(at));
        while (at < end) {
          at = await clock.waitUntil(`feed/${feedId}`, nextSurveyAt(at), signal, siteIds);
          await Promise.all(siteIds.map((siteId) => countAble(siteId, at, signal)));
        }
        return { operatingDay: operatingDayOf(at) };
      });
    },
  };

  async function countAble(siteId: SiteId, at: Instant, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SURVEY_MS_MAX)]);
    const cohorts: AbleCohort[] = [];
    for (const cohort of configured(book, siteId).plan.cohorts) {
      const { cohortId } = cohort;
      const readings = await readCohort(siteId, cohortId, at, limit).catch((error: unknown) => {
        if (signal.aborted || !limit.aborted) throw error;
        log.warn(
          { siteId, cohortId, at },
          "not every machine could be read in time: who is able to run is not counted",
        );
        return undefined;
      });
      if (readings === undefined) continue;
      const standing = await ledger.standing(siteId, cohortId);
      cohorts.push(countOf(cohort, readings, standing));
      // Left out by the first survey, or new since: a dispatch expects nothing of machines that nobody knows.
      const met = readings.filter(({ machineId }) => !standing.has(machineId));
      tellUnstored(log, siteId, await ledger.saveReadings(siteId, cohortId, undefined, met, true));
    }
    await riding.keep([siteId], countedBy(at, cohorts));
  }

  async function readCohort(
    siteId: SiteId,
    cohortId: CohortId,
    at: Instant,
    signal: AbortSignal,
  ): Promise<readonly MachineReading[]> {
    const inOrder = fleet.machines(siteId, cohortId);
    const readings = new Map<string, MachineReading>();
    await everySlice(inOrder, SLICE, async (machines) => {
      for (const reading of await fleet.read(machines, at, signal)) readings.set(reading.machineId, reading);
    });
    return inOrder.flatMap(({ machineId }) => readings.get(machineId) ?? []);
  }
}

function countOf(
  cohort: CohortPlan,
  readings: readonly MachineReading[],
  standing: ReadonlyMap<string, MachineStanding>,
): AbleCohort {
  return ableCohort(
    cohort,
    readings.map((reading) => ({ reading, before: standing.get(reading.machineId) })),
  );
}

function countedBy(at: Instant, cohorts: readonly AbleCohort[]): FleetAbleInput {
  return { kind: FLEET_ABLE, id: `${FLEET_ABLE}/${at}`, at, observedAt: at, cohorts };
}

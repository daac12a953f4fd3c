import { dayEnd, operatingDayOf } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { nextSurveyAt } from "../src/domain/dispatch/nextSurveyAt.ts";
import type { AbleCohort, FleetAbleInput } from "../src/domain/inputs/fleetAble.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { RidingFacts } from "../src/ports/ridingFacts.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { configured } from "./configured.ts";
import { endWait } from "./endWait.ts";
import { cohortCounted, countedBy, FleetSurveys, type FleetSurveyDeps } from "./fleetSurveys.ts";
import { heartbeating } from "./heartbeating.ts";
import { tellUnstored } from "./machines.ts";
import { type MeterWatchDeps, meterWaitKey, watchMeter } from "./meterWatch.ts";

export interface SurveyDeps extends MeterWatchDeps, FleetSurveyDeps {
  readonly riding: Pick<RidingFacts, "keep">;
  readonly book: SiteBook<"plan" | "siteMeterId" | "meters" | "retiredAt">;
}

/**
 * Activities that read whole fleets. They throw what the ports throw, which is retried, and NotConfigured for a site
 * that is not in the configuration.
 */
export function surveyActivities(deps: SurveyDeps) {
  const { clock, fleet, ledger, riding, book, log } = deps;
  // For all watches of this process: what the last survey found outlives midnight, and a server that was away.
  const surveys = new FleetSurveys(deps);
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
          cohorts.push(cohortCounted(cohort, readings, await ledger.standing(siteId, cohortId)));
          tellUnstored(log, siteId, await ledger.saveReadings(siteId, cohortId, undefined, readings));
          machines += readings.length;
          running += readings.filter((reading) => reading.state === "running" || reading.state === "ramping").length;
        }
        return { machines, running, counted: countedBy(at, cohorts) };
      });
    },

    /**
     * Counts every five market minutes, until the operating day has ended, who of each site's machines is able to run.
     * The count rides in the site's next SCED signal; a cohort that could not be read in time is left out of it. Beside
     * that it looks at the site meter: for the clocks of instructions, and for a load that falls without a command.
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
          await endWait(clock, meterWaitKey(feedId), signal);
          return { operatingDay: operatingDayOf(at), isOver: true };
        }
        const end = dayEnd(operatingDayOf(at));
        return besideMeters(siteIds, feedId, signal, async (own) => {
          while (at < end) {
            at = await clock.waitUntil(`feed/${feedId}`, nextSurveyAt(at), own, siteIds);
            await Promise.all(siteIds.map((siteId) => countAble(siteId, at, own)));
          }
          return { operatingDay: operatingDayOf(at) };
        });
      }, "wait");
    },
  };

  /** Runs a survey with the looks at the meters beside it. The first of them to fail ends the others. */
  async function besideMeters<T>(
    siteIds: readonly SiteId[],
    feedId: string,
    signal: AbortSignal,
    survey: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    const own = AbortSignal.any([signal, over.signal]);
    const end = (): void => over.abort(new Error("the watch of the fleet is over"));
    const looking = siteIds.map((siteId) => watchMeter(deps, surveys, { feedId, siteId }, own));
    const meters = Promise.all(looking).finally(end);
    try {
      const [surveyed] = await Promise.all([survey(own).finally(end), meters]);
      return surveyed;
    } finally {
      await Promise.allSettled(looking);
    }
  }

  async function countAble(siteId: SiteId, at: Instant, signal: AbortSignal): Promise<void> {
    const { cohorts } = await surveys.count(siteId, at, signal);
    await riding.keep([siteId], countedBy(at, cohorts));
  }
}

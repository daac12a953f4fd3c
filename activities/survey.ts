import type { Fleet } from "../src/ports/fleet.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { configured } from "./configured.ts";
import { heartbeating } from "./heartbeating.ts";
import { tellUnstored } from "./machines.ts";

export interface SurveyDeps {
  readonly clock: MarketClock;
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly book: SiteBook<"plan">;
  readonly log: Log;
}

/**
 * The activity that reads a whole fleet. It throws what the controllers' ports throw, which is retried, and
 * NotConfigured for a site that is not in the configuration.
 */
export function surveyActivities({ clock, fleet, ledger, book, log }: SurveyDeps) {
  return {
    /** Read every machine of a site once, before its first decision: who is able to run. */
    async surveyFleet({ siteId }: { siteId: string }): Promise<{ machines: number; running: number }> {
      return heartbeating(async (signal) => {
        const at = await clock.now();
        let machines = 0;
        let running = 0;
        for (const { cohortId } of configured(book, siteId).plan.cohorts) {
          const readings = await fleet.read(fleet.machines(siteId, cohortId), at, signal);
          tellUnstored(log, siteId, await ledger.saveReadings(siteId, cohortId, undefined, readings));
          machines += readings.length;
          running += readings.filter((reading) => reading.state === "running" || reading.state === "ramping").length;
        }
        return { machines, running };
      });
    },
  };
}

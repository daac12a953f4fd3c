import type { SitePlan } from "../domain/decision/model.ts";
import { constantKw } from "../domain/decision/siteKw.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { SiteStatusRows } from "../ports/siteRecords.ts";
import { type CohortNow, wholeWatts } from "./cohortsNow.ts";

/** What is ordered and what came of it. What is not known yet is absent. */
export interface DispatchNow {
  readonly power: {
    /** Of the machines that were able to run, if all of them follow, with the site's firm and house load. */
    readonly commandedKw?: number;
    /** At the site meter, read for the verdict or at an interval boundary, whichever is newer. */
    readonly meteredKw?: number;
    readonly meteredAt?: Instant;
    readonly meterQuality?: string;
  };
  /** What came of the newest revision's commands so far. */
  readonly commands?: SiteStatusRows["commands"];
  /** A revision that is being driven: it has no verdict yet. */
  readonly revisionUnderWay?: number;
  /** A newer revision, ordered by a decision, that nobody has begun to drive. */
  readonly revisionNotBegun?: number;
  readonly verdict?: Omit<NonNullable<SiteStatusRows["verdict"]>, "meter">;
}

/** Power ordered and metered, the newest revision's commands and the newest verdict. */
export function dispatchNow(plan: SitePlan, rows: SiteStatusRows, cohorts: readonly CohortNow[]): DispatchNow {
  const { verdict, dispatchedRevision, latest, latestChange } = rows;
  const orderedRevision = (latest?.dispatch ?? latestChange?.dispatch)?.revision;
  const meter = newestMeter(rows);
  return {
    power: {
      commandedKw: total([constantKw(plan), ...cohorts.map((cohort) => cohort.commandedKw)]),
      // What a frozen meter shows, or one whose power the load cannot have, is no power of the site.
      meteredKw: meter?.quality === "metered" ? wholeWatts(meter.powerKw) : undefined,
      meteredAt: meter?.readAt,
      meterQuality: meter?.quality,
    },
    commands: rows.commands,
    revisionUnderWay:
      dispatchedRevision !== undefined && dispatchedRevision !== verdict?.revision ? dispatchedRevision : undefined,
    revisionNotBegun:
      orderedRevision !== undefined && orderedRevision > (dispatchedRevision ?? 0) ? orderedRevision : undefined,
    verdict: verdict && shownVerdict(verdict),
  };
}

/** Absent when any part is unknown. */
function total(parts: readonly (number | undefined)[]): number | undefined {
  return wholeWatts(
    parts.reduce<number | undefined>(
      (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
      0,
    ),
  );
}

/** The meter's figure beside a verdict is never older than the one that the verdict went by. */
function newestMeter({ meter, verdict }: SiteStatusRows): SiteStatusRows["meter"] {
  const judged = verdict?.meter;
  return judged !== undefined && (meter === undefined || meter.readAt < judged.readAt) ? judged : meter;
}

function shownVerdict({ meter: _, ...verdict }: NonNullable<SiteStatusRows["verdict"]>): DispatchNow["verdict"] {
  return { ...verdict, measuredDeltaKw: wholeWatts(verdict.measuredDeltaKw) };
}

import { centralWall, operatingDayOf } from "../../domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { fixed } from "../../domain/units/numberText.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { centralTime } from "../timeText.ts";

/**
 * The coming hours that may be a coincident peak with the chance of each day, what the month has had, and its events;
 * undefined for a site that plans for none.
 */
export function peaksText({ peaks, at }: Pick<SiteNow, "peaks" | "at">): string | undefined {
  if (peaks === undefined) return undefined;
  const days = Map.groupBy(peaks.intervals, ({ startsAt }) => operatingDayOf(startsAt));
  const coming = [...days].map(([day, intervals]) => {
    const chance = intervals.reduce((sum, { probability }) => sum + probability, 0);
    const top = intervals.reduce((best, one) => (one.probability > best.probability ? one : best));
    return (
      `${day} ${fixed(chance * 100, 1)} %, likeliest ${hhmm(top.startsAt)}-${hhmm(top.endsAt)} ` +
      `(${fixed(top.probability * 100, 1)} %, worth ${fixed(top.valueUsdPerMw, 0)} $/MW, ${top.rule})`
    );
  });
  const [highest] = peaks.dayPeaks;
  const had =
    highest === undefined
      ? "no demand of the month known"
      : `month's highest so far ${fixed(highest.mw, 0)} MW on ${operatingDayOf(highest.startsAt)} ` +
        `${hhmm(highest.startsAt)}-${hhmm(addSeconds(highest.startsAt, 900))}`;
  const since = operatingDayOf(peaks.monthKnownFrom);
  const known = since.endsWith("-01") ? "" : `, known from ${since} on`;
  const events = peaks.events.map(({ from, outcome }) => `${operatingDayOf(from)} ${outcome}`);
  return [
    coming.length === 0 ? "none likely in the next 48 hours" : coming.join("; "),
    `${had}${known}`,
    events.length === 0 ? "no day off for one this month" : `off for one on ${events.join(", ")}`,
    `plan of ${centralTime(peaks.madeAt, at)}`,
  ].join("; ");
}

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}

import pc from "picocolors";
import type { Instant } from "../../domain/units/instant.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** Whether any feed or meter that the site rests on says nothing. */
export function isSilent({ silentFeeds, unpolledFeeds, unansweredFeeds, unreadMeters }: SiteNow): boolean {
  return silentFeeds.length + unpolledFeeds.length + unansweredFeeds.length + unreadMeters.length > 0;
}

/** Which feeds and meters say nothing, and in what way. */
export function silentText({ at, silentFeeds, unpolledFeeds, unansweredFeeds, unreadMeters }: SiteNow): string {
  const words = [
    ...(silentFeeds.length === 0 ? [] : [silentFeeds.join(", ")]),
    ...(unpolledFeeds.length === 0 ? [] : [`nobody polls ${unpolledFeeds.join(", ")}: is a worker running?`]),
    ...(unansweredFeeds.length === 0 ? [] : [`no answer to the last poll of ${unansweredFeeds.join(", ")}`]),
    ...(unreadMeters.length === 0 ? [] : [unreadText(unreadMeters, at)]),
  ];
  return pc.red(words.join("; "));
}

function unreadText(unread: SiteNow["unreadMeters"], at: Instant): string {
  const meters = unread.map(({ meterId, lastReadAt }) => {
    return `${meterId} (${lastReadAt === undefined ? "never read" : `last at ${centralTime(lastReadAt, at)}`})`;
  });
  const boundary = centralTime((unread[0] as (typeof unread)[number]).boundaryAt, at);
  return `no register at ${boundary} from ${meters.join(", ")}: intervals without one cannot be settled`;
}

/** A feed with the age of its newest document, and whether it waits for its turn to be asked. */
export function feedText({ feedId, ageSeconds, silent, waitsSince }: SiteNow["feeds"][number]): string {
  const seen = ageSeconds === undefined ? "nothing seen yet" : ageText(ageSeconds);
  const age = waitsSince === undefined ? seen : `${seen}, waiting for its turn since ${centralTime(waitsSince)}`;
  return silent ? pc.red(`${feedId} silent, ${age}`) : `${feedId} ${age}`;
}

import { thrownText } from "../../domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { FeedPoll, MarketFeed, RawDocument, Report } from "../../ports/marketFeed.ts";
import type { ApiRoute } from "./apiRoute.ts";
import type { RoutedOptions } from "./routedFeed.ts";
import { readRoutes, type Routes, together, troubleOf } from "./routes.ts";

/** The window in which ERCOT corrects prices: nothing older is asked for. */
const SPAN_SECONDS_MAX = 40 * 86_400;

/** The cursor of the first route, and when either route answered last. */
interface StandInCursor extends Routes {
  readonly heardAt?: Instant;
}

/**
 * A feed of MIS of a report that comes seldom, such as day-ahead prices and corrections: the age of what it said says
 * nothing of its route. The Public API stands in where MIS has not answered for `lateAfterSeconds`, or never yet: it is
 * asked for what came since either route answered, and again after as long. MIS gives the same once more when it is
 * back. A poll throws what MIS is down with where the API is not asked, and both troubles where it is down too.
 * @throws PortUnavailableError, PortDataError, as polls
 */
export function standInFeed(mis: MarketFeed, route: ApiRoute, options: RoutedOptions): MarketFeed {
  const { lateAfterSeconds, backfillMinutes } = options;
  /** When the API was asked last, while MIS does not answer. */
  let askedAt: Instant | undefined;
  let apiTrouble: string | undefined;

  return {
    ...mis,
    async poll(cursorText, at): Promise<FeedPoll> {
      const cursor = readRoutes<StandInCursor>(cursorText);
      const first = await mis.poll(cursor.mis, at).catch(troubleOf);
      if (!(first instanceof Error)) {
        askedAt = undefined;
        return { ...first, cursor: JSON.stringify({ mis: first.cursor, heardAt: at }), routes: [{ route: "mis" }] };
      }
      const failed = { route: "mis", failed: thrownText(first) };
      const isDue = [askedAt, cursor.heardAt].every((since) => since === undefined || isOld(since, at));
      if (!isDue && (askedAt === undefined || apiTrouble !== undefined)) throw first;
      if (!isDue) return { documents: [], cursor: JSON.stringify(cursor), problems: [], routes: [failed] };
      askedAt = at;
      const problems: string[] = [];
      const answer = await askedSince(cursor.heardAt, at, (problem) => problems.push(problem)).catch(troubleOf);
      apiTrouble = answer instanceof Error ? thrownText(answer) : undefined;
      if (answer instanceof Error) throw together(first, thrownText(answer));
      const next = JSON.stringify({ ...cursor, heardAt: at });
      return { documents: answer, cursor: next, problems, routes: [failed, { route: "api" }] };
    },
  };

  function isOld(since: Instant, at: Instant): boolean {
    return since > at || secondsBetween(since, at) >= lateAfterSeconds;
  }

  /** What the API has had since: it is late by as much as it is asked late. */
  function askedSince(heardAt: Instant | undefined, at: Instant, report: Report): Promise<readonly RawDocument[]> {
    const since = addSeconds(heardAt ?? addSeconds(at, -backfillMinutes * 60), -lateAfterSeconds);
    const oldest = addSeconds(at, -SPAN_SECONDS_MAX);
    return route.between(since < oldest ? oldest : since, at, at, report);
  }
}

import { createHash } from "node:crypto";
import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import { addSeconds } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { OUTSIDE_AHEAD_SECONDS_MAX, outsideInstantProblem } from "../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { FeedPoll, MarketFeed, RawDocument, Report } from "../../ports/marketFeed.ts";
import type { RequestBudget, Urgency } from "../../ports/requestBudget.ts";
import type { ErcotAccess } from "./access.ts";
import { FeedTurns } from "./feedTurns.ts";
import { getTogether } from "./getTogether.ts";
import { dashboardInstant, dashboardJson, dashboardKeys } from "./dashboardJson.ts";

interface DashboardFeedOptions extends ErcotAccess {
  readonly feedId: string;
  /** File name without `.json`. */
  readonly name: string;
  /** Whole request, real milliseconds; 10,000. */
  readonly timeoutMs?: number;
  readonly nextPollAt: (at: Instant) => Instant;
  readonly budget?: RequestBudget;
  readonly urgency: Urgency;
  readonly parse: (document: RawDocument, contentHash: string, report?: Report) => readonly MarketObservation[];
}

/**
 * Feed of one of ERCOT's public dashboard files. New when `lastUpdated` has moved on or the bytes differ; a copy older
 * than the last one (a cache) is no news. A `lastUpdated` ahead of market time is reported and counts as of the poll.
 */
export function dashboardFeed(options: DashboardFeedOptions): MarketFeed {
  const { feedId, baseUrl, name, nextPollAt, parse, timeoutMs = 10_000, contact, budget, urgency } = options;
  const url = `${baseUrl.replace(/\/+$/, "")}/api/1/services/read/dashboards/${name}.json`;
  const taker = {};
  const turns = new FeedTurns(budget, urgency);
  return {
    feedId,
    parse,
    columns: ({ bytes, source, documentId }) => ({
      kind: "",
      names: dashboardKeys(bytes, `${source} document ${documentId}`),
    }),
    nextPollAt,
    turnAt: (at) => turns.turnAt(at),
    async poll(cursor, at): Promise<FeedPoll> {
      turns.begin(at);
      const { at: fetchedAt, bytes, contentType } = await getTogether(url, at, taker, { timeoutMs, contact, budget });
      const { lastUpdated } = dashboardJson(bytes, url);
      const stamp = dashboardInstant(lastUpdated, "lastUpdated", url);
      const ahead = outsideInstantProblem(stamp, fetchedAt, Number.POSITIVE_INFINITY);
      const problems = ahead === undefined ? [] : [`${url}: lastUpdated ${ahead}`];
      const updatedAt = ahead === undefined ? stamp : fetchedAt;
      const sha = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
      const before = cursor === undefined ? undefined : readCursor(cursor, feedId, fetchedAt);
      if (
        before !== undefined &&
        (updatedAt < before.updatedAt || (updatedAt === before.updatedAt && sha === before.sha))
      )
        return { documents: [], cursor: cursor as string, problems };
      const documentId = before?.updatedAt === updatedAt ? `${lastUpdated}#${sha}` : String(lastUpdated);
      return {
        documents: [{ source: `dashboard/${name}`, documentId, fetchedAt, contentType, bytes }],
        cursor: JSON.stringify({ updatedAt, sha }),
        problems,
      };
    },
  };
}

/** Undefined for a cursor that lies ahead of market time: it would take every true copy for an old one. */
function readCursor(text: string, feedId: string, readAt: Instant): { updatedAt: string; sha: string } | undefined {
  let parsed: { updatedAt?: unknown; sha?: unknown } | null = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Falls through to the refusal below.
  }
  if (typeof parsed?.updatedAt === "string" && typeof parsed.sha === "string") {
    const isAhead = parsed.updatedAt > addSeconds(readAt, OUTSIDE_AHEAD_SECONDS_MAX);
    return isAhead ? undefined : { updatedAt: parsed.updatedAt, sha: parsed.sha };
  }
  throw new PortDataError(`${feedId}: expected a cursor with updatedAt and sha, found "${text.slice(0, 60)}"`);
}

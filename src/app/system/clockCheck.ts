import { webServerTime } from "../../adapters/ercot/serverTime.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { databaseTime } from "../../adapters/postgres/serverTime.ts";
import type { Deployment } from "../worker/deployment.ts";

/** Further apart than this is told. */
const ALARM_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;
/** A Date header has whole seconds, cut off. */
const WEB_RESOLUTION_MS = 1_000;

/**
 * This machine's clock against another one that was asked in between: what is wrong, in words, when they are more than
 * two seconds apart whatever the way there and back took; undefined otherwise. All in ms since 1970.
 */
export function clockProblem(
  whose: string,
  clocks: { readonly askedMs: number; readonly theirsMs: number; readonly answeredMs: number },
  resolutionMs = 0,
): string | undefined {
  const aheadAtLeast = clocks.askedMs - (clocks.theirsMs + resolutionMs);
  const behindAtLeast = clocks.theirsMs - clocks.answeredMs;
  const apartMs = Math.max(aheadAtLeast, behindAtLeast);
  if (apartMs <= ALARM_MS) return undefined;
  const direction = aheadAtLeast > behindAtLeast ? "ahead of" : "behind";
  return (
    `this machine's clock is ${(apartMs / 1000).toFixed(1)} s ${direction} that of ${whose}: intervals, orders and ` +
    `meter readings go by it; set its time service right`
  );
}

/**
 * This machine's clock against those of the database and of the servers that the site's feeds ask; a line for each that
 * differs by more than two seconds. A web server that does not answer is left out. @throws PortUnavailableError when
 * the database is away.
 */
export async function clockProblems(pool: Pool, deployment: Deployment): Promise<string[]> {
  const urls = new Set(deployment.feeds.flatMap((feed) => ("baseUrl" in feed ? [feed.baseUrl] : [])));
  const web = await Promise.all(
    [...urls].map(async (url) => {
      const time = await webServerTime(url, ANSWER_WITHIN_MS);
      return time && clockProblem(url, time, WEB_RESOLUTION_MS);
    }),
  );
  const database = clockProblem("the database", await databaseTime(pool));
  return [database, ...web].filter((problem) => problem !== undefined);
}

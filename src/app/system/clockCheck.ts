import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { type ServerTime, webServerTime } from "../../adapters/ercot/serverTime.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { databaseTime } from "../../adapters/postgres/clockWitness.ts";
import { temporalTime } from "../../adapters/temporal/serverTime.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
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

/** What came of asking one server for its time; `problem`: the clocks are apart; `silence`: it did not answer. */
export interface ClockFinding {
  readonly whose: string;
  readonly problem?: string;
  readonly silence?: string;
}

/** The servers of running sites whose clocks their own is compared with. */
export interface ClockPeers {
  readonly pool: Pool;
  readonly client: Client;
  readonly book: { readonly deployments: readonly Pick<Deployment, "feeds">[] };
}

/**
 * This machine's clock against those of the database, of Temporal and of the web servers that the feeds ask; one
 * finding each. A server that does not answer, or tells no time, is a finding too, not an error.
 */
async function clockFindings({ pool, client, book }: ClockPeers): Promise<ClockFinding[]> {
  const feeds = book.deployments.flatMap((deployment) => deployment.feeds);
  const urls = new Set(feeds.flatMap((feed) => feed.baseUrl ?? []));
  return Promise.all([
    clockFinding("the database", () => databaseTime(pool)),
    clockFinding("the Temporal server", () => temporalTime(client)),
    ...[...urls].map((url) => clockFinding(url, () => webServerTime(url, ANSWER_WITHIN_MS), WEB_RESOLUTION_MS)),
  ]);
}

/**
 * Compares the clocks at once and then every `everyMs`, until `signal` aborts. `say` gets a line for a person: the
 * first time what each server came to, later who did not answer; `alarm` each clock that is more than two seconds
 * apart, every time.
 */
export async function watchClocks(
  peers: ClockPeers,
  { say, alarm, signal, everyMs = HOUR_MS }: ClockWatch,
): Promise<void> {
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    for (const { whose, problem, silence } of await clockFindings(peers)) {
      if (problem !== undefined) alarm(problem);
      else if (silence !== undefined) say(`Clock not compared with that of ${whose}: ${silence}`);
      else if (isFirst) say(`Clock compared with that of ${whose}: within 2 s`);
    }
    // an aborted wait ends the watch
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Whom a watch tells, and how long it lasts. */
export interface ClockWatch {
  readonly say: (line: string) => void;
  readonly alarm: (problem: string) => void;
  readonly signal: AbortSignal;
  /** An hour unless given. */
  readonly everyMs?: number;
}

const HOUR_MS = 3_600_000;

async function clockFinding(
  whose: string,
  ask: () => Promise<ServerTime | undefined>,
  resolutionMs = 0,
): Promise<ClockFinding> {
  try {
    const time = await ask();
    if (time === undefined) return { whose, silence: "no answer in time, or none with a Date" };
    const problem = clockProblem(whose, time, resolutionMs);
    return problem === undefined ? { whose } : { whose, problem };
  } catch (error) {
    return { whose, silence: thrownText(error) };
  }
}

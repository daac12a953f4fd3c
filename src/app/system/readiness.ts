import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pLimit from "p-limit";
import type { WatchedFeed } from "../../../activities/market.ts";
import { isSilent } from "../../domain/inputs/isSilent.ts";
import { newestSaidAt } from "../../domain/inputs/newestSaidAt.ts";
import type { Machine, MachineReading } from "../../domain/dispatch/model.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { kwText } from "../../domain/units/numberText.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";
import type { DeployedMeter, Deployment } from "../worker/deployment.ts";
import { reachedSites } from "../worker/book.ts";
import { feedsOfBook } from "../worker/bookFeeds.ts";
import { meterKind } from "../worker/registries.ts";
import { servableSites } from "../worker/siteBook.ts";
import { fleetOf, metersOf } from "../worker/outside.ts";
import { ageText, centralTime } from "../timeText.ts";

/** One party outside that a site needs: asked once, it gives what came, or what is wrong. */
export interface Probe {
  readonly what: string;
  /** While all is well with it, it is asked again this often, real milliseconds. */
  readonly wellAgainMs: number;
  ask(signal: AbortSignal): Promise<Answer>;
}

/** In words for a person. */
export type Answer = { readonly came: string } | { readonly problem: string };

/** Parties asked at a time: one may be a cohort of hundreds of machines, a book has hundreds of parties. */
const ASKED_AT_ONCE = 32;
/** Longest that one party may take, real milliseconds: a large cohort of dead machines is asked 250 at a time. */
const ASK_MS = 120_000;
/** For a party to sum up what it has when its time is over. */
const SUM_UP_MS = 2_000;
/** Parties in trouble are asked again this often, and told again this often although nothing changed. */
const AGAIN_MS = 60_000;
const REPEAT_MS = 15 * 60_000;
/** Parties that answer are asked again this often; whole cohorts seldom, for a machine serves one caller at a time. */
const WELL_AGAIN_MS = 5 * 60_000;
const COHORT_WELL_AGAIN_MS = 15 * 60_000;
/** Whoever has not answered by then is named. */
const WAITING_MS = 10_000;
/** What a feed has at its first poll, without a cursor. */
const FIRST_POLL_SECONDS = 3_600;
const NAMED_MAX = 3;
const WAITED_NAMED_MAX = 12;

/**
 * Everything outside that the sites' configurations name: each feed is read and its newest document parsed, each meter
 * and each machine read once, but for those that only a site's gateway reaches. Nothing is commanded. `now` gives
 * market time; `close` ends the connections.
 */
export function probesOf(
  deployments: readonly Deployment[],
  now: () => Instant,
): { readonly probes: readonly Probe[]; close(): void } {
  const { served } = servableSites(deployments);
  const reached = new Set(reachedSites(served));
  const sites = served
    .filter(({ plan }) => reached.has(plan.siteId))
    .map((deployment) => siteProbes(deployment, deployments.length > 1, now));
  const feeds = [...feedsOfBook({ deployments: served }).values()].map((watched) => feedProbe(watched, now));
  return {
    close: () => sites.forEach((site) => site.close()),
    probes: [...feeds, ...sites.flatMap(({ probes }) => probes)],
  };
}

/** A site's meters and machines; among several sites each is named with its site. */
function siteProbes(
  deployment: Deployment,
  isOneOfMany: boolean,
  now: () => Instant,
): { readonly probes: readonly Probe[]; close(): void } {
  const problems = new Map<string, string>();
  const meters = metersOf(deployment, (meterId, error) => void problems.set(meterId, thrownText(error)));
  const fleet = fleetOf([deployment]);
  const { plan } = deployment;
  const own = [
    ...deployment.meters.map((meter) => meterProbe(meter, { meters, problems, now })),
    ...plan.cohorts.map(({ cohortId }) => cohortProbe(cohortId, fleet.machines(plan.siteId, cohortId), { fleet, now })),
  ];
  const probes = isOneOfMany ? own.map((probe) => ({ ...probe, what: `${plan.siteId} ${probe.what}` })) : own;
  return { close: () => meters.close(), probes };
}

/** What one party came to. A party that does not answer is an answer too, not an error. */
async function askOne(probe: Probe, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) return { problem: "not asked" };
  const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const over = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS + SUM_UP_MS)]);
  try {
    return await Promise.race([probe.ask(within), ended(over)]);
  } catch (error) {
    return { problem: thrownText(error) };
  }
}

/** A party as it was found last, and when it was asked and told of, real milliseconds. */
interface Standing {
  readonly probe: Probe;
  readonly problem?: string;
  readonly askedMs: number;
  readonly toldMs: number;
}

/**
 * Tells what a site can reach: a line for each party as it answers, and a verdict; then, until `signal` aborts, asks
 * those in trouble again and again and the others now and then, tells each change, and every quarter of an hour what
 * still stands.
 */
export async function watchReadiness(
  probes: readonly Probe[],
  { say, alarm, signal, againMs = AGAIN_MS, repeatMs = REPEAT_MS, waitingMs = WAITING_MS }: ReadinessWatch,
): Promise<void> {
  const atOnce = pLimit(ASKED_AT_ONCE);
  const ask = (probe: Probe): Promise<Answer> => atOnce(() => askOne(probe, signal));
  let standing = await firstRound(probes, ask, { say, alarm, signal, waitingMs });
  while (!signal.aborted) {
    // an aborted wait ends the watch
    await delay(againMs, undefined, { signal, ref: false }).catch(() => undefined);
    const nowMs = performance.now();
    const answers = await Promise.all(
      standing.map(({ probe, problem, askedMs }) =>
        problem === undefined && nowMs - askedMs < probe.wellAgainMs ? undefined : ask(probe),
      ),
    );
    if (signal.aborted) return;
    standing = standing.map((one, i): Standing => {
      const answer = answers[i];
      if (answer === undefined) return one;
      const asked = { ...one, askedMs: nowMs };
      if ("came" in answer) {
        if (one.problem !== undefined) say(`${one.probe.what} answers: ${answer.came}`);
        return { ...asked, problem: undefined };
      }
      const { problem } = answer;
      if (isSameTrouble(problem, one.problem) && performance.now() - one.toldMs < repeatMs) return asked;
      alarm(`${one.probe.what}: ${problem}`);
      return { ...asked, problem, toldMs: performance.now() };
    });
  }
}

async function firstRound(
  probes: readonly Probe[],
  ask: (probe: Probe) => Promise<Answer>,
  { say, alarm, signal, waitingMs }: Required<Pick<ReadinessWatch, "say" | "alarm" | "signal" | "waitingMs">>,
): Promise<Standing[]> {
  const width = Math.max(...probes.map(({ what }) => what.length));
  const waitedFor = new Set(probes.map(({ what }) => what));
  const waiting = setTimeout(() => say(`Waiting for: ${listed([...waitedFor])}`), waitingMs);
  const standing = await Promise.all(
    probes.map(async (probe): Promise<Standing> => {
      const answer = await ask(probe);
      const told = { probe, askedMs: performance.now(), toldMs: performance.now() };
      waitedFor.delete(probe.what);
      if (signal.aborted) return told;
      if ("came" in answer) say(`  ok      ${probe.what.padEnd(width)}  ${answer.came}`);
      else alarm(`  not ok  ${probe.what.padEnd(width)}  ${answer.problem}`);
      return "came" in answer ? told : { ...told, problem: answer.problem };
    }),
  );
  clearTimeout(waiting);
  if (signal.aborted) return standing;
  const bad = standing.filter(({ problem }) => problem !== undefined).length;
  say(
    bad === 0
      ? `Ready: all ${probes.length} parties outside answer.`
      : `NOT READY: ${bad} of ${probes.length} parties outside do not answer as they should. The site runs by ` +
          `what its policy says for their silence.`,
  );
  return standing;
}

/** The same trouble with another size, time or token in it is no news; another count of machines is. */
function isSameTrouble(one: string, other: string | undefined): boolean {
  const kind = (text: string): string => (COUNT.test(text) ? text : text.replaceAll(/\d+/g, "0"));
  return other !== undefined && kind(one) === kind(other);
}

const COUNT = /^\d+ of \d+ machine/;

/** Whom a watch tells, and how long it lasts. */
export interface ReadinessWatch {
  readonly say: (line: string) => void;
  readonly alarm: (problem: string) => void;
  readonly signal: AbortSignal;
  /** A minute unless given. */
  readonly againMs?: number;
  /** A quarter of an hour unless given. */
  readonly repeatMs?: number;
  /** Ten seconds unless given. */
  readonly waitingMs?: number;
}

function feedProbe({ feed, silentAfterSeconds }: WatchedFeed, now: () => Instant): Probe {
  let cursor: string | undefined;
  let saidAt: Instant | undefined;
  return {
    what: `feed ${feed.feedId}`,
    wellAgainMs: WELL_AGAIN_MS,
    ask: async () => {
      const at = now();
      const { documents, problems = [], ...polled } = await feed.poll(cursor, at);
      const document = documents.at(-1);
      if (document === undefined && problems.length > 0) return { problem: problems.slice(0, NAMED_MAX).join("; ") };
      const hash = document === undefined ? "" : createHash("sha256").update(document.bytes).digest("hex");
      const values = document === undefined ? [] : feed.parse(document, hash);
      const heldAt = [polled.saidAt, saidAt].reduce(later);
      saidAt = newestSaidAt(values, at, heldAt);
      cursor = polled.cursor;
      const stale = staleText(saidAt, at, silentAfterSeconds);
      if (stale !== undefined) return { problem: `${stale}. Are source and this machine's clock right?` };
      return document === undefined
        ? { came: "answers, nothing new" }
        : { came: `document ${cleanText(document.documentId, 60)}: ${counted(values.length, "value")} for this site` };
    },
  };
}

function later(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

/** Why a source that answers is silent all the same, by the age of what it says; undefined while it is not. */
function staleText(saidAt: Instant | undefined, at: Instant, silentAfterSeconds: number): string | undefined {
  if (saidAt === undefined)
    return silentAfterSeconds > FIRST_POLL_SECONDS ? undefined : "answers, but has nothing of the last hour";
  if (!isSilent(saidAt, at, silentAfterSeconds)) return undefined;
  return (
    `says nothing newer than ${centralTime(saidAt, at)}, ${ageText(secondsBetween(saidAt, at))} ago; more than ` +
    `${ageText(silentAfterSeconds)} is silence`
  );
}

function meterProbe(
  { meterId, meter }: DeployedMeter,
  { meters, problems, now }: { meters: MeterReadings; problems: ReadonlyMap<string, string>; now: () => Instant },
): Probe {
  const at = meterKind(meter).address(meter);
  return {
    what: `meter ${meterId}`,
    wellAgainMs: WELL_AGAIN_MS,
    ask: async () => {
      const [reading] = await meters.read([meterId], now());
      if (reading?.quality === "metered" && reading.powerKw !== undefined)
        return { came: `${kwText(reading.powerKw)} at ${at}` };
      return { problem: problems.get(meterId) ?? `no usable reading at ${at}` };
    },
  };
}

function cohortProbe(
  cohortId: string,
  machines: readonly Machine[],
  { fleet, now }: { fleet: Fleet; now: () => Instant },
): Probe {
  return {
    what: `cohort ${cohortId}`,
    wellAgainMs: COHORT_WELL_AGAIN_MS,
    ask: async (signal) => {
      const readings = await Promise.all(machines.map((machine) => readingOf(machine, { fleet, now, signal })));
      const heard = readings.filter((reading) => reading !== undefined);
      const silent = heard.filter(({ state }) => state === "unknown");
      const came = `${heard.length - silent.length} of ${counted(machines.length, "machine")} answer`;
      const unheard = machines.length - heard.length;
      const trouble = [
        ...silent.slice(0, NAMED_MAX).map(silentText),
        ...(silent.length > NAMED_MAX ? [`and ${silent.length - NAMED_MAX} more`] : []),
        ...(unheard > 0 ? [`${unheard} not heard of in the time there was`] : []),
      ];
      return trouble.length === 0 ? { came } : { problem: [came, ...trouble].join("; ") };
    },
  };
}

/** Undefined where the time is over before the machine was asked, or has answered. */
async function readingOf(
  machine: Machine,
  { fleet, now, signal }: { fleet: Fleet; now: () => Instant; signal: AbortSignal },
): Promise<MachineReading | undefined> {
  try {
    return (await fleet.read([machine], now(), signal))[0];
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** The first of many names. */
function listed(names: readonly string[]): string {
  const more = names.length - WAITED_NAMED_MAX;
  return more > 0 ? `${names.slice(0, WAITED_NAMED_MAX).join(", ")}, and ${more} more` : names.join(", ");
}

function silentText({ machineId, problem = "no answer" }: MachineReading): string {
  return `${machineId}: ${problem}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

async function ended(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => void signal.addEventListener("abort", resolve, { once: true }));
  throw new Error(`no answer within ${ASK_MS / 1000} s`);
}

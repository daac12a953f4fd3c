import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { WatchedFeed } from "../../../activities/market.ts";
import type { Machine, MachineReading } from "../../domain/dispatch/model.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";
import type { DeployedMeter, Deployment } from "../worker/deployment.ts";
import { feedsOf } from "../worker/feeds.ts";
import { fleetOf, metersOf } from "../worker/outside.ts";

/** One party outside that a site needs: asked once, it gives what came, or what is wrong. */
export interface Probe {
  readonly what: string;
  ask(signal: AbortSignal): Promise<Answer>;
}

/** In words for a person. */
export type Answer = { readonly came: string } | { readonly problem: string };

/** Longest that one party may take, real milliseconds: a large cohort of dead machines is asked 250 at a time. */
const ASK_MS = 120_000;
/** Parties in trouble are asked again this often, and told again this often although nothing changed. */
const AGAIN_MS = 60_000;
const REPEAT_MS = 15 * 60_000;
const NAMED_MAX = 3;

/**
 * Everything outside that a site's configuration names: each feed is read and its newest document parsed, each meter
 * and each machine read once. Nothing is commanded. `now` gives market time; `close` ends the connections.
 */
export function probesOf(
  deployment: Deployment,
  now: () => Instant,
): { readonly probes: readonly Probe[]; close(): void } {
  const problems = new Map<string, string>();
  const meters = metersOf([deployment], (meterId, error) => void problems.set(meterId, thrownText(error)));
  const fleet = fleetOf([deployment]);
  const { plan } = deployment;
  return {
    close: () => meters.close(),
    probes: [
      ...[...feedsOf(deployment).values()].map((watched) => feedProbe(watched, now)),
      ...deployment.meters.map((meter) => meterProbe(meter, { meters, problems, now })),
      ...plan.cohorts.map(({ cohortId }) =>
        cohortProbe(cohortId, fleet.machines(plan.siteId, cohortId), { fleet, now }),
      ),
    ],
  };
}

/** What each party came to, in the order of the probes. A party that does not answer is an answer too, not an error. */
async function askAll(probes: readonly Probe[], signal: AbortSignal): Promise<readonly Answer[]> {
  return Promise.all(
    probes.map(async (probe) => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
      try {
        return await Promise.race([probe.ask(within), ended(within)]);
      } catch (error) {
        return { problem: thrownText(error) };
      }
    }),
  );
}

/**
 * Tells what a site can reach: at once a line for each party and a verdict; then, until `signal` aborts, asks those in
 * trouble again and tells each change, and every quarter of an hour what still stands.
 */
export async function watchReadiness(
  probes: readonly Probe[],
  { say, alarm, signal, againMs = AGAIN_MS, repeatMs = REPEAT_MS }: ReadinessWatch,
): Promise<void> {
  const first = await askAll(probes, signal);
  if (signal.aborted) return;
  const width = Math.max(...probes.map(({ what }) => what.length));
  probes.forEach(({ what }, i) => {
    const answer = first[i] as Answer;
    if ("came" in answer) say(`  ok      ${what.padEnd(width)}  ${answer.came}`);
    else alarm(`  not ok  ${what.padEnd(width)}  ${answer.problem}`);
  });
  const bad = first.filter((answer) => "problem" in answer).length;
  say(
    bad === 0
      ? `Ready: all ${probes.length} parties outside answer.`
      : `NOT READY: ${bad} of ${probes.length} parties outside do not answer as they should. The site runs by ` +
          `what its policy says for their silence.`,
  );
  let troubled = probes.flatMap((probe, i) => {
    const answer = first[i] as Answer;
    return "problem" in answer ? [{ probe, problem: answer.problem, toldMs: performance.now() }] : [];
  });
  while (troubled.length > 0 && !signal.aborted) {
    // an aborted wait ends the watch
    await delay(againMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const answers = await askAll(
      troubled.map(({ probe }) => probe),
      signal,
    );
    if (signal.aborted) return;
    troubled = troubled.flatMap((one, i) => {
      const answer = answers[i] as Answer;
      if ("came" in answer) {
        say(`${one.probe.what} answers: ${answer.came}`);
        return [];
      }
      const { problem } = answer;
      if (problem === one.problem && performance.now() - one.toldMs < repeatMs) return [one];
      alarm(`${one.probe.what}: ${problem}`);
      return [{ ...one, problem, toldMs: performance.now() }];
    });
  }
}

/** Whom a watch tells, and how long it lasts. */
export interface ReadinessWatch {
  readonly say: (line: string) => void;
  readonly alarm: (problem: string) => void;
  readonly signal: AbortSignal;
  /** A minute unless given. */
  readonly againMs?: number;
  /** A quarter of an hour unless given. */
  readonly repeatMs?: number;
}

function feedProbe({ feed }: WatchedFeed, now: () => Instant): Probe {
  return {
    what: `feed ${feed.feedId}`,
    ask: async () => {
      const { documents, problems = [] } = await feed.poll(undefined, now());
      const document = documents.at(-1);
      if (document === undefined)
        return problems.length > 0
          ? { problem: problems.slice(0, NAMED_MAX).join("; ") }
          : { came: "answers, nothing new in its last hour" };
      const hash = createHash("sha256").update(document.bytes).digest("hex");
      const values = feed.parse(document, hash).length;
      return { came: `document ${cleanText(document.documentId, 60)}: ${counted(values, "value")} for this site` };
    },
  };
}

function meterProbe(
  { meterId, host, port, unitId }: DeployedMeter,
  { meters, problems, now }: { meters: MeterReadings; problems: ReadonlyMap<string, string>; now: () => Instant },
): Probe {
  return {
    what: `meter ${meterId}`,
    ask: async () => {
      const [reading] = await meters.read([meterId], now());
      if (reading?.quality === "metered" && reading.powerKw !== undefined)
        return { came: `${reading.powerKw.toFixed(1)} kW at ${host}:${port} unit ${unitId}` };
      return { problem: problems.get(meterId) ?? `no usable reading at ${host}:${port} unit ${unitId}` };
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
    ask: async (signal) => {
      const readings = await fleet.read(machines, now(), signal);
      const silent = readings.filter(({ state }) => state === "unknown");
      const answering = machines.length - silent.length;
      const came = `${answering} of ${counted(machines.length, "machine")} answer`;
      return silent.length === 0
        ? { came }
        : { problem: `${came}; ${silent.slice(0, NAMED_MAX).map(silentText).join("; ")}${more(silent.length)}` };
    },
  };
}

function silentText({ machineId, problem = "no answer" }: MachineReading): string {
  return `${machineId}: ${problem}`;
}

function more(count: number): string {
  return count > NAMED_MAX ? `; and ${count - NAMED_MAX} more` : "";
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

async function ended(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => void signal.addEventListener("abort", resolve, { once: true }));
  throw new Error(`no answer within ${ASK_MS / 1000} s`);
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { Client } from "@temporalio/client";
import { postgresEvidenceStore } from "../../src/adapters/postgres/evidenceStore.ts";
import type { Pool } from "../../src/adapters/postgres/pool.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { exportBundle } from "../../src/app/evidence/evidenceBundle.ts";
import { loadDeployment, planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { startLocalRun } from "../../src/app/session/localRun.ts";
import { marketStart, runMarketDay } from "../../src/app/session/marketDay.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { watchesOf } from "../../src/app/system/watches.ts";
import { dayEnd } from "../../src/domain/market/calendar.ts";
import type { EvidenceRun } from "../../src/domain/evidence/model.ts";
import type { OperatingDay } from "../../src/domain/market/model.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { type BenchContext, type BenchOptions, countOption } from "./bench.ts";
import { peaksMb } from "./machine.ts";
import { daysFrom, writeQuietDays } from "./quietPrices.ts";
import type { HistoryEvent } from "./actionCount.ts";

const CONFIG = fileURLToPath(new URL("../../config/example-site.yaml", import.meta.url));
/** After midnight the day's run has closed and is exported. */
const CLOSED_AFTER_SECONDS = 600;

/** What quiet days leave behind. */
export interface QuietSession {
  readonly deployment: Deployment;
  /** Closed runs of the site, oldest first. */
  readonly runs: readonly { readonly run: EvidenceRun; readonly bytes: Uint8Array }[];
  /** Events of each feed's run that began with the last day. */
  readonly feeds: ReadonlyMap<string, readonly HistoryEvent[]>;
  readonly bundleDir: string;
  readonly peakMemoryMb: Record<string, number>;
}

export interface QuietSessionOptions extends BenchContext {
  readonly firstDay: OperatingDay;
  readonly days: number;
  /** Only this much of the first day, for a quick look; nothing is settled then. */
  readonly hours?: number;
  readonly machinesPerCohort: number;
  /** Machines have addresses of 127.`net`.0.0/16. */
  readonly net: number;
  readonly seed: number;
  /** Looks at the database before the first day and after the last. */
  readonly look?: (pool: Pool, when: "before" | "after") => Promise<void>;
}

/** The `--hours` option of the measures that begin with a quiet session. */
export function hoursOption(options: BenchOptions): number | undefined {
  return options["hours"] === undefined ? undefined : countOption(options, "hours");
}

/**
 * Operating days on which nothing happens, one after the other on the paced clock against the simulators, as fast as
 * they go; then the audit bundle.
 */
export async function quietSession(options: QuietSessionOptions): Promise<QuietSession> {
  const { dataDir, say, firstDay, hours, seed } = options;
  const days = hours === undefined ? options.days : 1;
  mkdirSync(dataDir, { recursive: true });
  // A day more than is run: its first hour is published before the last day is done.
  const all = daysFrom(firstDay, days + 1);
  const deployment = smallSite(options);
  const { siteId } = deployment.plan;
  const prices = writeQuietDays(dataDir, all, seed);
  const bundleDir = join(dataDir, "bundle");
  const run = await startLocalRun({
    dataDir: join(dataDir, "run"),
    deployment,
    onProgress: say,
    world: {
      startAt: hours === undefined ? marketStart(firstDay) : addSeconds(dayEnd(firstDay), -3_600 * hours),
      speed: null,
      prices,
      seed,
      ...simulatedSite(deployment),
    },
  });
  try {
    await options.look?.(run.pool, "before");
    for (const day of all.slice(0, days)) {
      if (hours === undefined) await runMarketDay(run, day);
      else
        await Promise.race([
          run.clock.waitUntil("~bench", addSeconds(dayEnd(day), CLOSED_AFTER_SECONDS)),
          run.stack.failure,
        ]);
      say(`${day} is over`);
    }
    const lastDay = all[days - 1] as OperatingDay;
    await exportBundle(bundleDir, run.pool, run.deployment, addSeconds(dayEnd(lastDay), 2_400));
    await options.look?.(run.pool, "after");
    const store = postgresEvidenceStore(run.pool);
    const runs = await Promise.all(
      (await store.runs(siteId)).map(async (one) => ({ run: one, bytes: await store.historyBytes(one.runId) })),
    );
    const feeds = new Map<string, readonly HistoryEvent[]>();
    for (const { feedId, workflowId } of watchesOf(run.book))
      feeds.set(feedId, await eventsOfDay(run.client, workflowId, lastDay));
    return { deployment: run.deployment, runs, feeds, bundleDir, peakMemoryMb: peaksMb({ worker: run.worker.pid }) };
  } finally {
    await run.stop();
  }
}

/** The run of a workflow that was started for an operating day; runs follow each other by continue-as-new. */
async function eventsOfDay(client: Client, workflowId: string, day: OperatingDay): Promise<readonly HistoryEvent[]> {
  let runId: string | undefined;
  while (true) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const { events } = JSON.parse(historyToJSON(history)) as { events: HistoryEvent[] };
    const started = events[0]?.workflowExecutionStartedEventAttributes as
      { input?: unknown; continuedExecutionRunId?: string } | undefined;
    if (startedFor(started?.input) === day) return events;
    runId = started?.continuedExecutionRunId;
    if (!runId) throw new Error(`${workflowId} has no run of ${day}`);
  }
}

function startedFor(input: unknown): string | undefined {
  const [payload] = (input as { payloads: { data: string }[] }).payloads;
  return (
    payload &&
    (JSON.parse(Buffer.from(payload.data, "base64").toString("utf8")) as { operatingDay?: string }).operatingDay
  );
}

function smallSite({ firstDay, machinesPerCohort, net }: QuietSessionOptions): Deployment {
  const example = loadDeployment(CONFIG, firstDay);
  const plan = {
    ...example.plan,
    cohorts: example.plan.cohorts.map((cohort) => ({
      ...cohort,
      machines: Math.min(cohort.machines, machinesPerCohort),
    })),
  };
  const machines = plan.cohorts.flatMap((cohort) =>
    example.machines.filter(({ cohortId }) => cohortId === cohort.cohortId).slice(0, cohort.machines),
  );
  return {
    ...example,
    plan,
    planHash: planHashOf(plan),
    machines: machines.map((machine) => ({ ...machine, host: machine.host.replace(/^127\.\d+\./, `127.${net}.`) })),
  };
}

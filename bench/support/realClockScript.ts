import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { applyDeployment } from "../../src/app/operator/applyDeployment.ts";
import { sendOrder, sendRelease } from "../../src/app/operator/operatorOrders.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import type { LocalStack } from "../../src/app/stack/localStack.ts";
import type { System } from "../../src/app/system/system.ts";
import { writeOwnerOnly } from "../../src/app/worker/privateFile.ts";
import { taskQueueOf, type WorkerSettings } from "../../src/app/worker/workerSettings.ts";
import { throughOutages } from "../../src/app/worker/outages.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { RealClock } from "../../src/domain/units/marketTime.ts";
import { SETTLEMENT_OPEN_SECONDS, workflowIds } from "../../workflows/contracts.ts";
import type { settleDay } from "../../workflows/index.ts";
import { recordedProcesses } from "../../test/faults/supportSystem.ts";
import { DAY, marketNow, MIDNIGHT, type RealClockWorld, type SiteSettings } from "./realClockSite.ts";
import type { Outage, Stop } from "./silences.ts";

/** The orders of the run's last seconds: seconds from midnight. One of them should meet the end itself. */
const AROUND_MIDNIGHT = [-0.6, -0.25, -0.05, 0, 0.05, 0.25, 0.6];
/** Of the run's time, what a hanging server or a wrong clock lasts. */
const FAULT_SHARE = 0.08;
const SIX_HOURS_MS = 6 * 3_600_000;
const ACTOR = "night.desk@example.com";

/** Faults that a run can have beside its own: `worker` and `temporal` by default. */
export const PROCESS_FAULTS = ["worker", "temporal", "postgres", "temporal-hangs", "clock-jumps"] as const;
export type ProcessFault = (typeof PROCESS_FAULTS)[number];

/** An order or release as it was sent and what came back. */
export interface Sent {
  readonly what: string;
  readonly at: Instant;
  readonly answeredMs?: number;
  readonly problem?: string;
}

/** What the script works with; `system` changes when the site is started again. */
export interface RealClockRun {
  readonly clock: RealClock;
  readonly marketZero: Instant;
  readonly minutes: number;
  readonly settings: SiteSettings;
  readonly dataDir: string;
  readonly stack: LocalStack;
  readonly world: RealClockWorld;
  readonly say: (line: string) => void;
  system: System;
}

/** What the script did. */
export interface ScriptLog {
  readonly stops: Stop[];
  readonly outages: Outage[];
  readonly sent: Sent[];
  readonly workerPeaksMb: number[];
  /** Hash of the plan that the changed file makes. */
  planHash?: string;
  /** End of the order that lasts over midnight. */
  orderUntil?: Instant;
}

/**
 * Lets the run go by: a worker killed, feeds stopped and back, orders around midnight, servers killed, a changed file,
 * the day settled. Resolves at the end of the run with everything answered or given up.
 */
export async function playScript(
  run: RealClockRun,
  faults: readonly ProcessFault[],
  changed: { readonly file: string },
  peakMb: (pid: number) => number | undefined,
): Promise<ScriptLog> {
  const log: ScriptLog = { stops: [], outages: [], sent: [], workerPeaksMb: [] };
  const pending: Promise<void>[] = [];
  const share = (part: number): Instant => addSeconds(run.marketZero, part * run.minutes * 60);
  const at = (when: Instant, act: () => Promise<void>): void =>
    void pending.push(until(run, when).then(() => Promise.race([act(), run.stack.failure])));

  const faultAt: Record<ProcessFault, number> = {
    worker: 0.15,
    temporal: 0.53,
    postgres: 0.57,
    "temporal-hangs": 0.86,
    "clock-jumps": 0.72,
  };
  for (const fault of faults) at(share(faultAt[fault]), () => causeFault(run, fault, log, peakMb));
  at(share(run.settings.isLong ? 0.2 : 0.05), () =>
    stopFeed(run, log, "grid-condition", run.settings.gridSilentSeconds + 60),
  );
  if (run.settings.isLong) at(share(0.655), () => stopFeed(run, log, "sced-lmp", run.settings.scedSilentSeconds + 120));
  const lasting = addSeconds(MIDNIGHT, Math.round(run.minutes * 7));
  log.orderUntil = lasting;
  at(addSeconds(MIDNIGHT, -20), () => order(run, log, "bluestem-s19k", lasting, "over midnight"));
  for (const seconds of AROUND_MIDNIGHT)
    at(addSeconds(MIDNIGHT, seconds), () =>
      order(run, log, "caprock-s21", addSeconds(MIDNIGHT, 60), `${seconds} s from midnight`),
    );
  at(addSeconds(MIDNIGHT, -12), () => releasedAtMidnight(run, log));
  at(share(0.6), () => changeConfiguration(run, log, changed.file));
  at(addSeconds(MIDNIGHT, run.minutes * 6), () => settle(run));
  at(share(1), async () => undefined);
  await Promise.all(pending);
  return log;
}

async function until({ system, stack }: RealClockRun, when: Instant): Promise<void> {
  await Promise.race([system.clock.waitUntil("~script", when), stack.failure]);
}

async function order(run: RealClockRun, log: ScriptLog, cohortId: string, end: Instant, name: string): Promise<void> {
  await send(run, log, `order ${name}`, async () => {
    const reason = `rehearsal, ${name}`;
    await sendOrder(linkOf(run), { action: "curtail", cohortIds: [cohortId], until: end, reason });
  });
}

/** An order a few seconds before midnight whose release arrives with the run's end. */
async function releasedAtMidnight(run: RealClockRun, log: ScriptLog): Promise<void> {
  let orderId: string | undefined;
  await send(run, log, "order to be released", async () => {
    const until = addSeconds(MIDNIGHT, 3_600);
    const request = { action: "curtail", cohortIds: ["mesquite-s19j"], until, reason: "rehearsal, released" } as const;
    orderId = (await sendOrder(linkOf(run), request)).order.orderId;
  });
  if (orderId === undefined) return;
  const released = orderId;
  await until(run, addSeconds(MIDNIGHT, -0.02));
  await send(run, log, "release at midnight", async () => {
    await sendRelease(linkOf(run), { orderId: released, reason: "rehearsal, over" });
  });
}

function linkOf({ system: { client, clock, deployment, stack } }: RealClockRun): Parameters<typeof sendOrder>[0] {
  return {
    client,
    clock,
    siteId: deployment.plan.siteId,
    actor: ACTOR,
    privateKeyPem: scriptKey(stack.dataDir, ACTOR),
  };
}

async function send(run: RealClockRun, log: ScriptLog, what: string, act: () => Promise<void>): Promise<void> {
  const at = marketNow(run.clock);
  const started = performance.now();
  const problem = await act().then(
    () => undefined,
    (error: Error) => error.message,
  );
  const answeredMs = performance.now() - started;
  run.say(`${at} ${what}: ${problem ?? `answered after ${answeredMs.toFixed(0)} ms`}`);
  log.sent.push(problem === undefined ? { what, at, answeredMs } : { what, at, problem });
}

/** The feed answers nobody for a while: at first it hangs, then its server refuses. */
async function stopFeed(
  run: RealClockRun,
  log: ScriptLog,
  feed: "grid-condition" | "sced-lmp",
  seconds: number,
): Promise<void> {
  const { silenced } = run.world;
  const route = feed === "sced-lmp" ? "sced" : "daily-prc";
  const from = marketNow(run.clock);
  run.say(`${from} ${feed} stops answering for ${seconds} s`);
  silenced.set(route, { kind: "hang" });
  await until(run, addSeconds(from, seconds / 2));
  silenced.set(route, { kind: "status", status: 503 });
  await until(run, addSeconds(from, seconds));
  silenced.delete(route);
  const to = marketNow(run.clock);
  run.say(`${to} ${feed} answers again`);
  log.stops.push({ feed, from, to });
}

async function causeFault(
  run: RealClockRun,
  fault: ProcessFault,
  log: ScriptLog,
  peakMb: (pid: number) => number | undefined,
): Promise<void> {
  const from = marketNow(run.clock);
  if (fault === "worker") {
    log.workerPeaksMb.push(peakMb(run.system.worker.pid) ?? Number.NaN);
    run.say(`${from} the worker is killed`);
    process.kill(run.system.worker.pid, "SIGKILL");
    return;
  }
  if (fault === "clock-jumps") {
    run.say(`${from} the worker's clock jumps six hours ahead`);
    await restartWithOffset(run, SIX_HOURS_MS);
    await delay(run.minutes * 60_000 * FAULT_SHARE);
    await restartWithOffset(run, 0);
    log.outages.push({ from, to: marketNow(run.clock) });
    run.say(`${marketNow(run.clock)} the worker's clock is right again`);
    return;
  }
  const name = fault === "postgres" ? "postgres" : "temporal";
  const pids = recordedProcesses(run.stack.dataDir).filter((one) => one.name === name);
  run.say(`${from} ${fault === "temporal-hangs" ? "Temporal hangs" : `${name} is killed`}`);
  for (const { pid } of pids) process.kill(pid, fault === "temporal-hangs" ? "SIGSTOP" : "SIGKILL");
  if (fault !== "temporal-hangs") return;
  await delay(run.minutes * 60_000 * FAULT_SHARE);
  for (const { pid } of pids) process.kill(pid, "SIGCONT");
  log.outages.push({ from, to: marketNow(run.clock) });
  run.say(`${marketNow(run.clock)} Temporal goes on`);
}

/** A worker process whose own clock is off by this much beside the run's, as after a wrong time from its machine. */
async function restartWithOffset({ stack, system, clock }: RealClockRun, aheadMs: number): Promise<void> {
  const file = join(stack.dataDir, "worker.json");
  const settings = JSON.parse(readFileSync(file, "utf8")) as WorkerSettings;
  const offsetMs = (clock.offsetMs as number) + aheadMs;
  writeOwnerOnly(file, { ...settings, clock: { kind: "real", offsetMs } } satisfies WorkerSettings);
  process.kill(system.worker.pid, "SIGKILL");
}

/** A changed file is brought to the running site. */
async function changeConfiguration(run: RealClockRun, log: ScriptLog, file: string): Promise<void> {
  run.say(`${marketNow(run.clock)} a changed file is applied`);
  const deployment = run.world.deploymentOf(file);
  await send(run, log, "configuration", async () => {
    await applyDeployment(run.stack.dataDir, linkOf(run), { deployment, reason: "rehearsal", say: run.say });
  });
  log.planHash = deployment.planHash;
}

/** What the daily schedule does soon after midnight. */
async function settle({ system: { client, deployment } }: RealClockRun): Promise<void> {
  const { siteId } = deployment.plan;
  await throughOutages(() =>
    client.workflow.start<typeof settleDay>("settleDay", {
      workflowId: workflowIds.settlement(siteId, DAY),
      workflowIdConflictPolicy: "USE_EXISTING",
      taskQueue: taskQueueOf(siteId),
      args: [{ siteId, operatingDay: DAY, openSeconds: SETTLEMENT_OPEN_SECONDS }],
    }),
  );
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { inWorld, START_HOLD } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { firstAndLastLines } from "../../src/app/stack/logTail.ts";
import { type LocalStack, startLocalStack } from "../../src/app/stack/localStack.ts";
import { startSystem, type System } from "../../src/app/system/system.ts";
import { feedsWaiting } from "../../src/app/system/watches.ts";
import { startWorld, type World, type WorldSettings } from "../../src/app/session/world.ts";
import { restedOn } from "../app/quietSite.ts";
import { projectPath, smallSite } from "../app/smallSite.ts";

/** Miners that do as they are told: what is left over after a kill is then the kill's doing. */
export const OBEDIENT: NonNullable<WorldSettings["faults"]> = { lie: 0, deadAtResume: 0, dropWriteReply: 0 };
export const DAY = "2026-08-18";

/** Ballast as processes of their own, and the world that outlives them in this one. */
export interface Rig {
  readonly folder: string;
  readonly world: World;
  readonly stack: LocalStack;
  readonly system: System;
  readonly deployment: Deployment;
  /** What the launcher said while it went. */
  readonly progress: readonly string[];
  close(): Promise<void>;
}

export interface RigOptions {
  readonly deployment: Deployment;
  readonly startAt: string;
  readonly prices: WorldSettings["prices"];
  readonly seed: number;
  /** Keep the servers' data on disk: what they need to be killed and to come back. */
  readonly keep?: boolean;
  /** Holds the clock from the first moment on, under names that the test releases. */
  readonly holds?: readonly string[];
  /** Profile of each machine at the start, by machine; the factory point where absent. */
  readonly profiles?: ReadonlyMap<string, string>;
}

/**
 * Start the world in this process, servers and worker in processes of their own, and wait until every feed waits for
 * market time.
 */
export async function startRig(options: RigOptions): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-kill-"));
  const progress: string[] = [];
  const { miners, meters } = simulatedSite(options.deployment);
  const world = await startWorld({
    startAt: options.startAt,
    speed: null,
    initialHolds: [START_HOLD, ...(options.holds ?? [])],
    prices: options.prices,
    seed: options.seed,
    faults: OBEDIENT,
    miners: miners.map((miner) => ({ ...miner, profile: options.profiles?.get(miner.machineId) })),
    meters,
  });
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const stack = await startLocalStack({
    dataDir,
    keep: options.keep,
    signals: "leave",
    onProgress: (line) => progress.push(line),
  });
  stack.failure.catch((error: unknown) => progress.push(String(error)));
  const deployment = inWorld(options.deployment, world.addresses);
  const system = await startSystem({ stack, deployment, clock: { kind: "paced", url: world.addresses.clockUrl } });
  await feedsWaiting(system.book, world.addresses.clockUrl, join(dataDir, "logs"));
  world.keeper.release(START_HOLD);
  return {
    folder,
    world,
    stack,
    system,
    deployment,
    progress,
    close: async () => {
      await system.stop().catch(() => undefined);
      await stack.stop();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Its facts ride with the signal of a price. */
const RIDES = "ercot/np6-323";

/**
 * The example site, small: hold times off so that a test can turn it about at will, and with the feeds that decisions
 * rest on and one whose facts ride with a price's signal; the grid condition is looked at every five minutes.
 */
export function killSite(
  net: number,
  machinesPerCohort: number,
  options: { readonly holdTimes?: boolean } = {},
): Deployment {
  const site = smallSite({ day: DAY, net, machinesPerCohort });
  const cohorts =
    options.holdTimes === true
      ? site.plan.cohorts
      : site.plan.cohorts.map((cohort) => ({ ...cohort, minOffMinutes: 0, minOnMinutes: 0 }));
  const plan = { ...site.plan, cohorts, staleness: { ...site.plan.staleness, gridConditionSeconds: 1_200 } };
  const feeds = site.feeds.map((feed) => (feed.use === "ercot/daily-prc" ? { ...feed, pollEverySeconds: 300 } : feed));
  return restedOn({ ...site, plan, feeds }, RIDES);
}

/** Price files of one morning at the west hub, in the folder given: 25 $/MWh until 10:15, then `usdPerMwh`. */
export function steppedPrices(folder: string, usdPerMwh: number): WorldSettings["prices"] {
  const two = (n: number): string => String(n).padStart(2, "0");
  const priceAt = (minute: number): string => (minute < 10 * 60 + 15 ? 25 : usdPerMwh).toFixed(2);
  const minutes = Array.from({ length: 12 * 12 }, (_, i) => 9 * 60 + i * 5);
  const lmps = minutes.map((m) => `08/18/2026 ${two(Math.floor(m / 60))}:${two(m % 60)}:11,N,HB_WEST,${priceAt(m)}`);
  const spps = minutes
    .filter((m) => m % 15 === 0)
    .map((m) => `08/18/2026,${Math.floor(m / 60) + 1},${(m % 60) / 15 + 1},HB_WEST,HU,${priceAt(m)},N`);
  const lmpPath = join(folder, "lmp.csv");
  const sppPath = join(folder, "spp.csv");
  writeFileSync(lmpPath, ["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", ...lmps, ""].join("\n"));
  writeFileSync(
    sppPath,
    [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
      ...spps,
      "",
    ].join("\n"),
  );
  return { lmpPath, sppPath, prcPath: projectPath("config/demo/grid-conditions.csv"), days: [DAY] };
}

/** Let market time go to an instant and stand there, under a hold of the test's own. */
export async function goTo(rig: Rig, at: string, hold: string): Promise<void> {
  const { keeper } = rig.world;
  keeper.stopAt(Date.parse(at));
  keeper.release(hold);
  await eventually(`market time ${at}`, rig, 60_000, async () => keeper.nowMs() === Date.parse(at) || undefined);
  keeper.hold(hold);
  keeper.stopAt(Date.parse("2027-01-01T00:00:00Z"));
}

/** Ask until there is an answer. @throws Error with what was waited for and the last log lines of every process. */
export async function eventually<T>(
  what: string,
  rig: Pick<Rig, "stack" | "progress" | "world">,
  withinMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + withinMs;
  let problem: unknown;
  while (Date.now() < until) {
    const found = await look().catch((error: unknown) => void (problem = error));
    if (found !== undefined) return found;
    await delay(20);
  }
  throw new Error(
    `${what}: not within ${withinMs / 1000} s${problem === undefined ? "" : ` (${String(problem)})`}\n` +
      situation(rig),
  );
}

/** What a person would look at first: the clock, what the launcher said, the worker's last lines. */
export function situation({ stack, progress, world }: Pick<Rig, "stack" | "progress" | "world">): string {
  const { nowMs, holds, waiters } = world.keeper.status();
  const waiting = waiters.map(({ key, untilMs }) => `${key} ${new Date(untilMs).toISOString().slice(11, 19)}`);
  return [
    `clock at ${new Date(nowMs).toISOString()}, held by ${holds.join(", ") || "nobody"}`,
    `waiting: ${waiting.join(", ")}`,
    ...progress.slice(-8),
    "worker.log:",
    firstAndLastLines(join(stack.dataDir, "logs", "worker.log"), 0),
  ].join("\n");
}

/** Numbers of a stack's processes now, from its own record. */
export function recordedProcesses(dataDir: string): { readonly name: string; readonly pid: number }[] {
  return JSON.parse(readFileSync(join(dataDir, "processes.json"), "utf8")) as { name: string; pid: number }[];
}

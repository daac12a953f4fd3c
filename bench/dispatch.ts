import { setTimeout as delay } from "node:timers/promises";
import { query } from "../src/adapters/postgres/pool.ts";
import { realMarketClock } from "../src/adapters/clock/real.ts";
import { sendOrder, sendRelease } from "../src/app/operator/operatorOrders.ts";
import { scriptKey } from "../src/app/operator/operatorKeyFile.ts";
import type { System } from "../src/app/system/system.ts";
import { siteGatewayOf } from "../src/app/worker/wire.ts";
import { taskQueueOf } from "../src/app/worker/workerSettings.ts";
import { instantFromMs } from "../src/domain/units/instant.ts";
import { workflowIds } from "../workflows/contracts.ts";
import type { dispatchTarget } from "../workflows/index.ts";
import { type Bench, type BenchReport, countOption } from "./support/bench.ts";
import { dispatchReport, type Reading, type Shed, shedText } from "./support/dispatchReport.ts";
import { type DispatchRig, startDispatchRig } from "./support/dispatchRig.ts";
import { restartCommands } from "./support/restartCommands.ts";

/** Physics jump ahead by this much once every machine has been told to wake: the slowest default wake takes minutes. */
const WAKE_SECONDS = 600;
const SOON_MS = 120_000;
/** No new command for this long: the wave is over. */
const QUIET_MS = 700;
const LOOK_EVERY_MS = 100;
/** How often the meter is read while the load moves. */
const READ_EVERY_MS = 100;
const LEVEL_READINGS = 5;
const LEVEL_EVERY_MS = 400;
/** Sleep has a time constant of 1.5 s: over in 10 s. */
const ALONE_SETTLE_MS = 10_000;
const ASLEEP_W = 25;
const RUNNING_W_MIN = 1_000;
const ACTOR = "bench";

export const dispatch: Bench = {
  name: "dispatch",
  summary:
    "order to 50, 90 and 99 % of the ordered MW on the site meter, with simulated miners and their default faults",
  options: (command) =>
    command
      .option("--miners <n>", "machines of the site", "1000")
      .option("--orders <n>", "orders to shed; each is followed by one to restore", "30")
      .option("--yardstick <n>", "waves of the drivers alone", "5")
      .option("--net <n>", "machines get addresses of 127.<n>.0.0/16", "44")
      .option("--seed <n>", "fixes individual power and faults", "1"),
  run: async (options, { dataDir, say }): Promise<BenchReport> => {
    const [miners, orders, yardstick, net, seed] = [
      countOption(options, "miners", 3),
      countOption(options, "orders"),
      countOption(options, "yardstick"),
      countOption(options, "net"),
      countOption(options, "seed"),
    ];
    const rig = await startDispatchRig({ dataDir, machines: miners, net, seed, say });
    try {
      say(`${miners} machines listen; ${yardstick} waves of the drivers alone ...`);
      const alone: Shed[] = [];
      for (let i = 0; i < yardstick; i++) alone.push(await shedWithDriversAlone(rig));
      const from = (await rig.commands(0)).length;
      const system = await rig.startBallast();
      await startSite(system);
      const sheds: Shed[] = [];
      for (let i = 0; i < orders; i++) {
        sheds.push(await shedAndRestore(rig, system));
        say(`order ${i + 1} of ${orders}: ${shedText(sheds.at(-1) as Shed)}`);
      }
      return dispatchReport({
        miners,
        seed,
        sheds,
        alone,
        commands: restartCommands(await rig.commands(from)),
        peaks: rig.peaksMb(),
        settings: rig.deployment.dispatch,
      });
    } finally {
      await rig.stop();
    }
  },
};

/** The site's workflow, its machines surveyed and its first decision made. */
async function startSite({ client, pool, deployment, clockSettings }: System): Promise<void> {
  const { siteId } = deployment.plan;
  const at = instantFromMs(Date.now());
  const gateway = siteGatewayOf({
    deployments: [deployment],
    client,
    taskQueue: taskQueueOf(siteId),
    pool,
    clock: clockSettings,
    log: { info() {}, warn() {}, error() {} },
  });
  await gateway.deliver(siteId, {
    kind: "hashprice",
    id: "hashprice/bench",
    at,
    usdPerPhDay: 39,
    asOf: at,
    source: "constant/hashprice",
    contentHash: "0".repeat(64),
  });
  await until(
    "the site's first decision",
    SOON_MS,
    async () => (await query(pool, `SELECT 1 FROM decision WHERE site_id = $1`, [siteId])).length > 0,
  );
}

async function shedAndRestore(rig: DispatchRig, system: System): Promise<Shed> {
  const { client, deployment } = system;
  const { siteId } = deployment.plan;
  const link = {
    client,
    clock: realMarketClock(),
    siteId,
    actor: ACTOR,
    privateKeyPem: scriptKey(system.stack.dataDir, ACTOR),
  };
  const beforeKw = await levelKw(rig);
  const sentMs = Date.now();
  const watch = watchMeter(rig, beforeKw);
  const placed = await sendOrder(link, { action: "curtail", until: "+4h", reason: "measuring the response" });
  const { committedMs, revision } = await decisionOf(system, placed.sequence);
  const verdict = await Promise.race([
    client.workflow.getHandle<typeof dispatchTarget>(workflowIds.dispatch(siteId, revision)).result(),
    rig.failure,
  ]);
  const readings = await watch();
  if (verdict === "superseded" || verdict.measuredDeltaKw === undefined || !verdict.shareOfExpected)
    throw new Error(`revision ${revision} has no measured response: ${JSON.stringify(verdict)}`);
  const known = await rig.commandCount();
  const released = await sendRelease(link, { orderId: placed.orderId, reason: "measured" });
  await restored(rig, known);
  await readBack(system, (await decisionOf(system, released.sequence)).revision);
  return {
    committedMs,
    decisionMs: committedMs - sentMs,
    orderedKw: -verdict.measuredDeltaKw / verdict.shareOfExpected,
    readings,
    outcome: verdict.outcome,
  };
}

async function decisionOf(
  { pool, deployment }: System,
  sequence: number,
): Promise<{ committedMs: number; revision: number }> {
  const [row] = await query<{ recorded_at: Date; revision: string | null }>(
    pool,
    `SELECT recorded_at, record #>> '{dispatch,revision}' AS revision FROM decision WHERE site_id = $1 AND ` +
      `sequence = $2`,
    [deployment.plan.siteId, sequence],
  );
  if (!row?.revision) throw new Error(`decision ${sequence} commands nothing`);
  return { committedMs: row.recorded_at.getTime(), revision: Number(row.revision) };
}

/** Physics jump ahead once no machine is being told any more: waking takes minutes, and is not what is measured. */
async function restored(rig: DispatchRig, known: number): Promise<void> {
  await until("the machines being woken", SOON_MS, async () =>
    (await rig.commands(known)).some(
      ({ command, parameter }) => command === "curtail" && parameter.startsWith("wakeup"),
    ),
  );
  for (let before = -1, now = await rig.commandCount(); now !== before; before = now, now = await rig.commandCount())
    await delay(QUIET_MS);
  await rig.skip(WAKE_SECONDS);
}

/**
 * Every machine read back once at this revision: the next order finds the fleet known. What is left of this dispatch it
 * supersedes.
 */
async function readBack({ pool, deployment }: System, revision: number): Promise<void> {
  const { siteId } = deployment.plan;
  await until(`the read-back of revision ${revision}`, SOON_MS, async () => {
    const [row] = await query<{ behind: string }>(
      pool,
      `SELECT count(*) AS behind FROM machine_state WHERE site_id = $1 AND revision IS DISTINCT FROM $2`,
      [siteId, revision],
    );
    return Number(row?.behind) === 0;
  });
}

/**
 * The same change of load by the drivers alone, as many connections at a time, no plan, no ledger: what the machines
 * themselves take.
 */
async function shedWithDriversAlone(rig: DispatchRig): Promise<Shed> {
  const { signal } = new AbortController();
  const runningKw = (await rig.states()).reduce(
    (kw, state) => kw + (state.trueWatts * rig.deployment.plan.pue) / 1000,
    0,
  );
  const beforeKw = await levelKw(rig);
  const committedMs = Date.now();
  const watch = watchMeter(rig, beforeKw);
  await rig.fleet.apply(
    rig.machines.map((machine) => ({ machine, point: { kind: "off" } })),
    signal,
    () => undefined,
  );
  await delay(ALONE_SETTLE_MS);
  const readings = await watch();
  await wakeAll(rig);
  return {
    committedMs,
    decisionMs: 0,
    orderedKw: runningKw - (rig.machines.length * ASLEEP_W * rig.deployment.plan.pue) / 1000,
    readings,
    outcome: "confirmed",
  };
}

/**
 * Until every machine truly runs: a wake that did nothing is repeated, a machine that woke into nothing is put to sleep
 * first.
 */
async function wakeAll(rig: DispatchRig): Promise<void> {
  const { signal } = new AbortController();
  const tell = (ids: ReadonlySet<string>, kind: "on" | "off"): Promise<void> =>
    rig.fleet.apply(
      rig.machines.filter(({ machineId }) => ids.has(machineId)).map((machine) => ({ machine, point: { kind } })),
      signal,
      () => undefined,
    );
  await until("every machine running", SOON_MS, async () => {
    const down = (await rig.states()).filter(({ trueWatts }) => trueWatts < RUNNING_W_MIN);
    await tell(new Set(down.filter(({ asleep }) => !asleep).map(({ machineId }) => machineId)), "off");
    await tell(new Set(down.map(({ machineId }) => machineId)), "on");
    await rig.skip(WAKE_SECONDS);
    return down.length === 0;
  });
}

/** Mean of a few readings: the meter's noise is 0.2 % and changes every second. */
async function levelKw(rig: DispatchRig): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < LEVEL_READINGS; i++) {
    readings.push(await rig.siteKw());
    await delay(LEVEL_EVERY_MS);
  }
  return readings.reduce((sum, kw) => sum + kw, 0) / readings.length;
}

/** Reads the meter from now on; the returned function ends it and gives what was read. */
function watchMeter(rig: DispatchRig, beforeKw: number): () => Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const kw = await rig.siteKw();
      readings.push({ ms: Date.now(), downKw: beforeKw - kw });
      await delay(READ_EVERY_MS);
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return readings;
  };
}

async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${withinMs / 1000} s`);
    await delay(LOOK_EVERY_MS);
  }
}

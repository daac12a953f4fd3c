import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fleetDrivers } from "../../src/adapters/fleet/registry.ts";
import { pooledFleet } from "../../src/adapters/fleet/pooledFleet.ts";
import { modbusMeters } from "../../test/support/meters.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadDeployment, planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { startLocalStack } from "../../src/app/stack/localStack.ts";
import { startSystem, type System } from "../../src/app/system/system.ts";
import { writeOwnerOnly } from "../../src/app/worker/privateFile.ts";
import type { Machine } from "../../src/domain/dispatch/model.ts";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import type { Fleet } from "../../src/ports/fleet.ts";
import type { SimCommand, SimMinerState } from "../../src/simulators/miners/model.ts";
import type { DispatchWorldAddresses, DispatchWorldSettings } from "./dispatchWorld.ts";
import { peaksMb } from "./machine.ts";

const CONFIG = fileURLToPath(new URL("../../config/example-site.yaml", import.meta.url));
const HOSTS_A_NET = 250;
/** The simulated feeders' losses: what the site's meter sees of a machine's watt. */
const LOSSES = 1.008;
const METER_TIMEOUT_MS = 3_000;
/** In place of the minutes that waking takes: physics jump ahead instead. */
const SETTLE_UP_SECONDS = 10;

/** Simulated machines and meter on real time, and what reaches them beside Ballast. */
export interface DispatchRig {
  readonly deployment: Deployment;
  /** Ballast over it; begun by `startBallast`. */
  startBallast(): Promise<System>;
  /** The drivers alone, with the same bound on connections as in the worker. */
  readonly fleet: Fleet;
  readonly machines: readonly Machine[];
  /** Site power, kW; the meter does answer here, or the measure fails. */
  siteKw(): Promise<number>;
  commandCount(): Promise<number>;
  commands(from: number): Promise<readonly SimCommand[]>;
  states(): Promise<readonly (SimMinerState & { machineId: string })[]>;
  skip(seconds: number): Promise<void>;
  readonly failure: Promise<never>;
  peaksMb(): Record<string, number>;
  stop(): Promise<void>;
}

export async function startDispatchRig(options: {
  dataDir: string;
  machines: number;
  net: number;
  seed: number;
  say: (line: string) => void;
}): Promise<DispatchRig> {
  const { dataDir, seed, say } = options;
  const bare = largeSite(options.machines, options.net);
  const stack = await startLocalStack({ dataDir: join(dataDir, "stack"), onProgress: say });
  try {
    const file = join(dataDir, "world.json");
    writeOwnerOnly(file, { ...simulatedSite(bare), seed } satisfies DispatchWorldSettings);
    const world = await stack.spawnNode("simulators", fileURLToPath(new URL("dispatchWorld.ts", import.meta.url)), [], {
      BENCH_WORLD_SETTINGS: file,
    });
    const { controlUrl, meters } = world.ready as DispatchWorldAddresses;
    const deployment = inWorld(bare, { clockUrl: "", ercotUrl: "", meters });
    const site = meters.find(({ meterId }) => meterId === "site");
    if (site === undefined) throw new Error("the example site has no meter named site");
    const meter = modbusMeters({ meters: [site], timeoutMs: METER_TIMEOUT_MS });
    const control = async <T>(path: string, method = "GET"): Promise<T> => {
      const response = await fetch(`${controlUrl}${path}`, { method });
      if (!response.ok) throw new Error(`simulators: ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    };
    let system: System | undefined;
    return {
      deployment,
      failure: stack.failure,
      machines: deployment.machines,
      fleet: pooledFleet({
        inventory: new Map([[deployment.plan.siteId, deployment.machines]]),
        drivers: fleetDrivers(),
        concurrency: deployment.fleetConcurrency,
      }),
      startBallast: async () => (system = await startSystem({ stack, deployment, clock: { kind: "real" } })),
      siteKw: async () => {
        const [reading] = await meter.read(["site"], instantFromMs(Date.now()));
        if (reading?.powerKw === undefined) throw new Error("the simulated site meter does not answer");
        return reading.powerKw;
      },
      commandCount: async () => (await control<{ commands: number }>("/count")).commands,
      commands: (from) => control(`/commands?from=${from}`),
      states: () => control("/states"),
      skip: (seconds) => control(`/skip?seconds=${seconds}`, "POST"),
      peaksMb: () =>
        peaksMb({
          ...(system === undefined ? {} : { worker: system.worker.pid }),
          simulators: world.pid,
          bench: process.pid,
        }),
      stop: async () => {
        meter.close();
        await system?.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/**
 * The example site with any number of machines in the same three cohorts, each on its own address of 127.`net`.0.0/16.
 * Without prices everything runs, so that operator orders alone move it; no feed is asked.
 */
function largeSite(machines: number, net: number): Deployment {
  const example = loadDeployment(CONFIG, instantFromMs(Date.now()).slice(0, 10));
  const total = example.plan.cohorts.reduce((sum, cohort) => sum + cohort.machines, 0);
  const shares = example.plan.cohorts.map((cohort) => Math.round((cohort.machines * machines) / total));
  shares[0] = (shares[0] as number) + machines - shares.reduce((sum, share) => sum + share, 0);
  const cohorts = example.plan.cohorts.map((cohort, i) => ({
    ...cohort,
    machines: shares[i] as number,
    minOffMinutes: 0,
    minOnMinutes: 0,
  }));
  const onSilence = { ...example.plan.onSilence, scedPrice: "run" as const, hashprice: "run" as const };
  const plan = {
    ...example.plan,
    cohorts,
    onSilence,
    gridSource: "assumed-normal" as const,
    pue: LOSSES,
    singleSourceMwMax: 1_000_000,
  };
  const inventory = cohorts.flatMap(({ cohortId, clientId, machines: count }) =>
    Array.from({ length: count }, (_, i) => ({
      cohortId,
      clientId,
      machineId: `${cohortId}-${String(i + 1).padStart(5, "0")}`,
    })),
  );
  return {
    ...example,
    plan,
    planHash: planHashOf(plan),
    feeds: [],
    dispatch: { ...example.dispatch, settleUpSeconds: SETTLE_UP_SECONDS },
    machines: inventory.map((machine, i) => ({
      ...machine,
      host: `127.${net}.${1 + Math.floor(i / HOSTS_A_NET)}.${1 + (i % HOSTS_A_NET)}`,
      port: 4028,
      driver: "luxos",
    })),
  };
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Deployment } from "../worker/deployment.ts";
import { type LocalStack, startLocalStack } from "../stack/localStack.ts";
import { feedsWaiting, startSystem, type System } from "../system/system.ts";
import { writeOwnerOnly } from "../worker/privateFile.ts";
import type { WorldAddresses, WorldSettings } from "./world.ts";

/** Everything that runs: servers, simulated parties on a paced clock, Ballast itself. */
export interface LocalRun extends System {
  readonly addresses: WorldAddresses;
}

export interface LocalRunOptions {
  readonly dataDir: string;
  readonly deployment: Deployment;
  readonly world: Omit<WorldSettings, "initialHolds">;
  /** Results of an earlier run in the folder that this one makes anew. */
  readonly replaces?: readonly string[];
  readonly onProgress: (line: string) => void;
}

/** The clock stands under this key until everybody is there. */
export const START_HOLD = "start";

/**
 * Start servers, simulators and Ballast, and let market time go once every feed waits for it. @throws whatever keeps
 * one of them from starting, with all of them stopped.
 */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const { dataDir, replaces, onProgress } = options;
  mkdirSync(dataDir, { recursive: true });
  const stack = await startLocalStack({ dataDir, replaces, onProgress });
  try {
    const addresses = await startSimulators(stack, { ...options.world, initialHolds: [START_HOLD] });
    const system = await startSystem({
      stack,
      deployment: inWorld(options.deployment, addresses),
      clock: { kind: "paced", url: addresses.clockUrl },
    });
    await feedsWaiting(system.deployment, addresses.clockUrl, join(dataDir, "logs"));
    await system.clock.release(START_HOLD);
    onProgress("Everything is up; market time runs");
    return { ...system, addresses, stop: () => system.stop().finally(() => stack.stop()) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/**
 * The deployment with the simulated parties in place of the real ones. @throws Error for a meter without a simulator.
 */
export function inWorld(deployment: Deployment, addresses: WorldAddresses): Deployment {
  return {
    ...deployment,
    meters: deployment.meters.map((meter) => {
      const address = addresses.meters.find((one) => one.meterId === meter.meterId);
      if (!address) throw new Error(`No simulator was started for meter ${meter.meterId}.`);
      return { ...meter, host: address.host, port: address.port, unitId: address.unitId };
    }),
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: addresses.ercotUrl } : feed)),
  };
}

async function startSimulators(stack: LocalStack, settings: WorldSettings): Promise<WorldAddresses> {
  const file = join(stack.dataDir, "simulators.json");
  writeOwnerOnly(file, settings);
  const script = fileURLToPath(new URL("simulators.ts", import.meta.url));
  return (await stack.spawnNode("simulators", script, [], { BALLAST_SIMULATOR_SETTINGS: file }))
    .ready as WorldAddresses;
}

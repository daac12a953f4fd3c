import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Deployment } from "../worker/deployment.ts";
import { type ChildHandle, type LocalStack, startLocalStack } from "../stack/localStack.ts";
import { type BookSystem, startBook } from "../system/system.ts";
import { feedsWaiting } from "../system/watches.ts";
import { type Book, bookOfOne } from "../worker/book.ts";
import { replacePrivate, writeOwnerOnly } from "../worker/privateFile.ts";
import { simulatedId } from "./simulatedSite.ts";
import { asksBitcoin, fromStandIn } from "./standIns.ts";
import type { WorldAddresses, WorldSettings } from "./world.ts";

/** Everything that runs: servers, simulated parties on a paced clock, Ballast itself for a book of sites. */
export interface LocalBookRun extends BookSystem {
  readonly addresses: WorldAddresses;
  /** Their process. */
  readonly simulators: ChildHandle;
}

/** The same for a site that runs by itself. */
export interface LocalRun extends LocalBookRun {
  readonly deployment: Deployment;
}

export interface LocalBookRunOptions {
  readonly dataDir: string;
  readonly book: Book;
  readonly world: Omit<WorldSettings, "initialHolds">;
  /** Keep the data on disk, and wait for it at every commit. */
  readonly keep?: boolean;
  /** Under this key the caller holds market time from the first moment, and lets it go step by step. */
  readonly holdAs?: string;
  /** In place of the worker's own program, as `startBook` takes it. */
  readonly workerScript?: string;
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
export async function startLocalBook(options: LocalBookRunOptions): Promise<LocalBookRun> {
  const { dataDir, keep, replaces, holdAs, onProgress } = options;
  mkdirSync(dataDir, { recursive: true });
  const stack = await startLocalStack({ dataDir, keep, replaces, onProgress });
  try {
    const initialHolds = [START_HOLD, ...(holdAs === undefined ? [] : [holdAs])];
    const isMade = options.book.deployments.some(({ feeds }) => feeds.some(asksBitcoin));
    const bitcoin = isMade ? simulatedCookie(dataDir) : undefined;
    const simulators = await startSimulators(stack, { ...options.world, initialHolds, bitcoin });
    const addresses = simulators.ready as WorldAddresses;
    const { bookId, deployments } = options.book;
    const system = await startBook({
      stack,
      book: { bookId, deployments: deployments.map((deployment) => inWorld(deployment, addresses)) },
      clock: { kind: "paced", url: addresses.clockUrl },
      workerScript: options.workerScript,
    });
    await feedsWaiting(system.book, addresses.clockUrl, join(dataDir, "logs"));
    await system.clock.release(START_HOLD);
    onProgress("Everything is up; market time runs");
    return { ...system, addresses, simulators, stop: () => system.stop().finally(() => stack.stop()) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Starts one site by itself, as a book of one. @throws Error as `startLocalBook` does */
export async function startLocalRun({
  deployment,
  ...options
}: Omit<LocalBookRunOptions, "book"> & { readonly deployment: Deployment }): Promise<LocalRun> {
  const run = await startLocalBook({ ...options, book: bookOfOne(deployment) });
  return { ...run, deployment: run.book.deployments[0] as Deployment };
}

/**
 * The deployment with the simulated parties in place of the real ones. @throws Error for a meter or a feed without a
 * simulator.
 */
export function inWorld(deployment: Deployment, addresses: WorldAddresses): Deployment {
  return {
    ...deployment,
    meters: deployment.meters.map((meter) => {
      const ids = [simulatedId(deployment.plan.siteId, meter.meterId), meter.meterId];
      const address = addresses.meters.find(({ meterId }) => ids.includes(meterId));
      if (!address) throw new Error(`No simulator was started for meter ${meter.meterId}.`);
      const { host, port, unitId: unit } = address;
      return { ...meter, meter: { ...meter.meter, host, port, unit } };
    }),
    feeds: deployment.feeds.map((feed) => fromStandIn(feed, addresses)),
  };
}

/** What the simulated node of a run takes, in a file as a node writes it. */
function simulatedCookie(dataDir: string): NonNullable<WorldSettings["bitcoin"]> {
  const cookieFile = join(dataDir, "bitcoin.cookie");
  const credentials = `__cookie__:${randomBytes(16).toString("hex")}`;
  replacePrivate(cookieFile, `${credentials}\n`);
  return { cookieFile, credentials };
}

async function startSimulators(stack: LocalStack, settings: WorldSettings): Promise<ChildHandle> {
  const file = join(stack.dataDir, "simulators.json");
  writeOwnerOnly(file, settings);
  const script = fileURLToPath(new URL("simulators.ts", import.meta.url));
  return stack.spawnNode("simulators", script, [], { BALLAST_SIMULATOR_SETTINGS: file });
}

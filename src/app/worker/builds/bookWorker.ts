import { dirname } from "node:path";
import type { Client } from "@temporalio/client";
import { type NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { fetchHistory } from "../../../adapters/temporal/history.ts";
import { openReplayer } from "../../../replay/replayer.ts";
import type { Log } from "../../../ports/log.ts";
import { siteWorkers } from "../siteWorkers.ts";
import { workerIdentity } from "../workerIdentity.ts";
import { WORKER_OPTIONS, type WorkerRoom } from "../workerOptions.ts";
import { BuildKeeper, type DrainingWorker } from "./buildKeeper.ts";
import { BuildsBoard } from "./buildsBoard.ts";
import { deploymentNameOf, deploymentVersions, type DeploymentVersions } from "./deploymentVersions.ts";
import { forgetUnused, keepBundle, readKept, touchKept } from "./keptBundle.ts";
import { rescueRuns } from "./rescue.ts";

/** Where a book's bundles are kept and where its worker says which builds it serves. */
export interface BuildsSettings {
  /** Folder of kept bundles. */
  readonly folder: string;
  /** Folder that may have the present build's bundle already. */
  readonly copyFrom?: string;
  /** What `ballast status` reads, in the data folder. */
  readonly nowFile: string;
  /** Days after which a bundle that nothing has used is removed: more than any run lasts. */
  readonly forgetAfterDays: number;
}

export interface BookWorkerOptions {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly bookId: string;
  readonly taskQueue: string;
  /** Sites whose machines and meters this process reaches. */
  readonly siteIds: readonly string[];
  readonly activities: object;
  /** What it does side by side: an older build watches the same feeds and meters until its runs end. */
  readonly room: WorkerRoom;
  /** The module that exports the workflows, and the name of its content. */
  readonly workflowsPath: string;
  readonly buildId: string;
  readonly builds: BuildsSettings;
  readonly log: Log;
  readonly lookEveryMs?: number;
}

/**
 * The worker of a book: the current build and, beside it, every older build that still has open runs, and the machines
 * and meters of the sites that it reaches.
 */
export interface BookWorker {
  /** Why runs are not pinned to builds, on a server that cannot. */
  readonly unversioned?: string;
  /** Resolves when the worker was told to end, by signal or `shutdown`, and has. */
  run(): Promise<void>;
  shutdown(): void;
}

const LOOK_EVERY_MS = 30_000;

/**
 * A worker of a book's task queue whose runs are pinned to the build that they began on. On a server that cannot do
 * this it is a worker without versions, and says so. @throws Error when there is no workflow bundle, or no server
 */
export async function createBookWorker(options: BookWorkerOptions): Promise<BookWorker> {
  const { client, bookId, buildId, builds, log } = options;
  const place = { folder: builds.folder, copyFrom: builds.copyFrom, activities: Object.keys(options.activities) };
  const code = await keepBundle(place, buildId, options.workflowsPath);
  forgetUnused(builds.folder, builds.forgetAfterDays);
  const versions = deploymentVersions(client, deploymentNameOf(bookId));
  const unversioned = await versions.problem();
  const atSites = await workersAtSites(options);
  const board = new BuildsBoard(builds.nowFile, buildId);
  if (unversioned !== undefined) {
    log.error({ problem: unversioned }, "runs are not pinned to builds: changed code would meet open runs");
    const worker = await workerOf(options, code, { buildId });
    board.unversioned(unversioned);
    return { unversioned, ...together([worker, ...atSites]) };
  }
  const own = together([await workerOf(options, code, versioned(bookId, buildId)), ...atSites]);
  board.own("not current yet");
  const keeper = new BuildKeeper({
    current: buildId,
    versions,
    serve: async (older) => {
      const kept = readKept(place, older);
      return "code" in kept ? drainingWorker(options, kept.code, older) : kept;
    },
    rescue: (runs, isGone) => rescueRuns(runs, isGone, rescueDeps(options, versions)),
    show: (older) => board.older(older),
    inUse: (used) => touchKept(builds.folder, used),
    log,
  });
  return {
    shutdown: own.shutdown,
    async run() {
      const ended = new AbortController();
      const kept = served(versions, keeper, board, options, ended.signal);
      try {
        await own.run();
      } finally {
        ended.abort();
        await kept;
      }
    },
  };
}

/** Workers that end together: one that fails takes the process, which is started again. */
function together(workers: readonly Worker[]): Pick<BookWorker, "run" | "shutdown"> {
  return {
    run: async () => void (await Promise.all(workers.map((worker) => worker.run()))),
    shutdown: () => workers.forEach((worker) => worker.getState() === "RUNNING" && worker.shutdown()),
  };
}

function workersAtSites({ connection, client, bookId, taskQueue, siteIds, activities, builds }: BookWorkerOptions) {
  const identity = workerIdentity(bookId, dirname(builds.nowFile));
  const { namespace } = client.options;
  return siteWorkers({ connection, namespace, taskQueue, siteIds, activities, identity });
}

/** Older builds are served before this one is current: their runs wait for nobody. */
async function served(
  versions: DeploymentVersions,
  keeper: BuildKeeper,
  board: BuildsBoard,
  { buildId, log, lookEveryMs = LOOK_EVERY_MS }: BookWorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const notCurrent = (problem: string): void => {
    log.error({ buildId, problem }, "this build is not current: new runs wait");
    board.own("not current yet", problem);
  };
  const becomeCurrent = async (): Promise<void> => {
    await versions.makeCurrent(buildId, notCurrent, signal);
    if (signal.aborted) return;
    log.info({ buildId }, "this build is current: new runs go to it");
    board.own("current");
  };
  await Promise.all([becomeCurrent(), keeper.run(lookEveryMs, signal)]);
}

function rescueDeps({ client, taskQueue, workflowsPath }: BookWorkerOptions, versions: DeploymentVersions) {
  return {
    client,
    versions,
    taskQueue,
    openReplayer: () => openReplayer(workflowsPath),
    fetchHistory: (workflowId: string, runId: string) => fetchHistory(client, workflowId, runId),
  };
}

async function drainingWorker(options: BookWorkerOptions, code: string, buildId: string): Promise<DrainingWorker> {
  const worker = await workerOf(options, code, versioned(options.bookId, buildId));
  return { ended: worker.run(), shutdown: () => worker.getState() === "RUNNING" && worker.shutdown() };
}

function workerOf(options: BookWorkerOptions, code: string, own: Partial<WorkerOptions>): Promise<Worker> {
  const { workflowsPath: _, ...common } = WORKER_OPTIONS;
  const { connection, client, taskQueue, bookId, activities, room, builds } = options;
  return Worker.create({
    ...common,
    ...room,
    connection,
    namespace: client.options.namespace,
    taskQueue,
    identity: workerIdentity(bookId, dirname(builds.nowFile)),
    activities,
    workflowBundle: { code },
    ...own,
  });
}

function versioned(bookId: string, buildId: string): Partial<WorkerOptions> {
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deploymentNameOf(bookId), buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: "PINNED",
    },
  };
}

import { setTimeout as delay } from "node:timers/promises";
import { thrownText } from "../../../domain/units/foreignText.ts";
import type { Log } from "../../../ports/log.ts";
import type { BuildNow, BuildsNow } from "./buildsNow.ts";
import type { DeploymentVersions, OpenRun } from "./deploymentVersions.ts";
import type { Rescue } from "./rescue.ts";

/** A worker of an older build, from its kept bundle. */
export interface DrainingWorker {
  /** Resolves when the worker has ended; rejects when it broke. */
  readonly ended: Promise<void>;
  shutdown(): void;
}

export interface BuildKeeperDeps {
  readonly current: string;
  readonly versions: DeploymentVersions;
  /** Starts a worker of a kept bundle, or says why it cannot. */
  readonly serve: (buildId: string) => Promise<DrainingWorker | { readonly problem: string }>;
  readonly rescue: (runs: readonly OpenRun[]) => Promise<readonly Rescue[]>;
  /** Told after each look which builds have work. */
  readonly show: (now: BuildsNow) => void;
  /** Told of each build in use: its bundle is not to be forgotten. */
  readonly inUse: (buildId: string) => void;
  readonly log: Log;
}

/** The search attributes that tell of open runs lag a moment: a build is drained when two looks find none. */
const LOOKS_WITHOUT_RUNS = 2;
/** A worker that broke this often is not tried again: its runs are served otherwise. */
const BREAKS_MAX = 3;

interface Served {
  readonly worker: DrainingWorker;
  looksWithoutRuns: number;
}

/**
 * Sees to it that every open run of a site has a worker: a build that is not current is served from its kept bundle
 * until its last run has closed; where that cannot be, each of its runs goes on by the current build.
 */
export class BuildKeeper {
  readonly #deps: BuildKeeperDeps;
  readonly #served = new Map<string, Served>();
  readonly #breaks = new Map<string, number>();
  readonly #rescued = new Map<string, Rescue>();

  constructor(deps: BuildKeeperDeps) {
    this.#deps = deps;
  }

  /** Looks again and again until the signal, then ends the workers of older builds. Resolves when they have ended. */
  async run(lookEveryMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        this.#deps.log.warn({ problem: thrownText(error) }, "the builds with open runs are not known; looking again");
      }
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
    const ending = [...this.#served.values()].map(({ worker }) => worker);
    for (const worker of ending) worker.shutdown();
    await Promise.allSettled(ending.map(({ ended }) => ended));
  }

  /** One look at the open runs of other builds. @throws the client's errors */
  async look(): Promise<void> {
    const { current, versions, show, inUse } = this.#deps;
    const open = Map.groupBy(await versions.openElsewhere(current), ({ buildId }) => buildId);
    const builds: BuildNow[] = [{ buildId: current, state: "current" }];
    inUse(current);
    for (const [buildId, runs] of open) {
      inUse(buildId);
      builds.push(await this.#buildServed(buildId, runs));
    }
    for (const [buildId, served] of this.#served) {
      served.looksWithoutRuns = open.has(buildId) ? 0 : served.looksWithoutRuns + 1;
      if (served.looksWithoutRuns >= LOOKS_WITHOUT_RUNS) this.#drained(buildId, served);
    }
    if (this.#rescued.size > 0) await this.#settleRescued(open);
    show({ at: new Date().toISOString(), builds });
  }

  async #buildServed(buildId: string, runs: readonly OpenRun[]): Promise<BuildNow> {
    const draining: BuildNow = { buildId, state: "draining", openRuns: runs.length };
    if (this.#served.has(buildId)) return draining;
    const isBroken = (this.#breaks.get(buildId) ?? 0) >= BREAKS_MAX;
    const worker = isBroken ? { problem: `its worker broke ${BREAKS_MAX} times` } : await this.#started(buildId);
    if (worker === undefined) return draining;
    await this.#rescue(buildId, runs, worker.problem);
    const left = runs.flatMap(({ runId }) => this.#rescued.get(runId) ?? []).filter(({ how }) => how === "left");
    const told = left.map(({ run, told: why }) => `${run.workflowId}: ${why}`);
    const others = left.length === runs.length ? [] : ["what fits goes on by the current build"];
    return { ...draining, state: "unserved", problem: [worker.problem, ...others, ...told].join("; ") };
  }

  /** Undefined when a worker serves the build from here on. */
  async #started(buildId: string): Promise<{ readonly problem: string } | undefined> {
    const { serve, log } = this.#deps;
    const worker = await serve(buildId);
    if ("problem" in worker) return worker;
    log.warn({ buildId }, "runs are pinned to an older build: a worker serves it from its kept bundle");
    this.#served.set(buildId, { worker, looksWithoutRuns: 0 });
    worker.ended.catch((error: unknown) => {
      log.error({ buildId, problem: thrownText(error) }, "the worker of an older build broke; it is started again");
      this.#breaks.set(buildId, (this.#breaks.get(buildId) ?? 0) + 1);
      this.#served.delete(buildId);
    });
    return undefined;
  }

  #drained(buildId: string, { worker }: Served): void {
    this.#served.delete(buildId);
    worker.shutdown();
    this.#deps.log.warn({ buildId }, "an older build is drained: its last run has closed and its worker ends");
  }

  async #rescue(buildId: string, runs: readonly OpenRun[], problem: string): Promise<void> {
    const { rescue, log } = this.#deps;
    const fresh = runs.filter(({ runId }) => !this.#rescued.has(runId));
    if (fresh.length === 0) return;
    log.error({ buildId, problem, openRuns: fresh.length }, "an older build with open runs cannot be served");
    for (const done of await rescue(fresh)) {
      const { run, how, told } = done;
      this.#rescued.set(run.runId, done);
      log.error({ buildId, workflowId: run.workflowId, runId: run.runId, how, told }, "a run without its build");
    }
  }

  /** Runs that have gone on by the current build are pinned to it. */
  async #settleRescued(open: ReadonlyMap<string, readonly OpenRun[]>): Promise<void> {
    const still = new Set([...open.values()].flat().map(({ runId }) => runId));
    const gone = [...this.#rescued.keys()].filter((runId) => !still.has(runId));
    if (gone.length === 0) return;
    await this.#deps.versions.pinUnpinned(this.#deps.current);
    for (const runId of gone) this.#rescued.delete(runId);
  }
}

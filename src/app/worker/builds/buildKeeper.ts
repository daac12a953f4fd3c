import { setTimeout as delay } from "node:timers/promises";
import { thrownText } from "../../../domain/units/foreignText.ts";
import type { Log } from "../../../ports/log.ts";
import type { BuildNow } from "../../../readModels/buildsNow.ts";
import type { DeploymentVersions, OpenRun } from "./deploymentVersions.ts";
import { GrowingPauses } from "./growingPauses.ts";
import type { NoBundle } from "./keptBundle.ts";
import type { Rescue } from "./rescue.ts";

/** A worker of an older build, from its kept bundle. */
export interface DrainingWorker {
  /** Resolves when the worker has ended; rejects when it broke. */
  readonly ended: Promise<void>;
  shutdown(): void;
}

export interface BuildKeeperDeps {
  readonly current: string;
  readonly versions: Pick<DeploymentVersions, "openElsewhere" | "pinUnpinned">;
  /** Starts a worker of a kept bundle, or says why there is none. A worker that does not start throws. */
  readonly serve: (buildId: string) => Promise<DrainingWorker | NoBundle>;
  /** `isGone`: the runs' own code is gone for good. */
  readonly rescue: (runs: readonly OpenRun[], isGone: boolean) => Promise<readonly Rescue[]>;
  /** Told at each look which older builds have open runs. */
  readonly show: (older: readonly BuildNow[]) => void;
  /** Told of each build in use: its bundle is not to be forgotten. */
  readonly inUse: (buildId: string) => void;
  readonly log: Log;
}

/** The search attributes that tell of open runs lag a moment: a build is drained when two looks find none. */
const LOOKS_WITHOUT_RUNS = 2;
/** Runs of a build whose worker failed this often go on by the current build where they are proven to fit. */
const FAILURES_MAX = 3;
/** A worker that has served this long holds: what failed before is forgotten. */
const LOOKS_HELD = 10;

interface Served {
  readonly worker: DrainingWorker;
  looks: number;
  looksWithoutRuns: number;
}

/**
 * Sees to it that every open run of a site has a worker: a build that is not current is served from its kept bundle
 * until its last run has closed; where that cannot be, each of its runs goes on by the current build once it is proven
 * to fit. Whatever may pass, a worker that breaks or a proof that cannot be had, is tried again after a growing pause.
 */
export class BuildKeeper {
  readonly #deps: BuildKeeperDeps;
  readonly #served = new Map<string, Served>();
  /** Builds without a worker, and why. */
  readonly #unserved = new Map<string, NoBundle>();
  readonly #workers = new GrowingPauses();
  readonly #rescued = new Map<string, Rescue>();
  readonly #proofs = new GrowingPauses();
  #isEnding = false;

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
    this.#isEnding = true;
    const ending = [...this.#served.values()].map(({ worker }) => worker);
    for (const worker of ending) worker.shutdown();
    await Promise.allSettled(ending.map(({ ended }) => ended));
  }

  /** One look at the open runs of other builds: what can be served comes first. @throws the client's errors */
  async look(): Promise<void> {
    const { current, versions, show, inUse } = this.#deps;
    const open = Map.groupBy(await versions.openElsewhere(current), ({ buildId }) => buildId);
    this.#workers.look();
    this.#proofs.look();
    inUse(current);
    for (const buildId of open.keys()) {
      inUse(buildId);
      if (!this.#served.has(buildId) && this.#workers.isDue(buildId)) await this.#serve(buildId);
    }
    this.#endDrained(open);
    show(this.#now(open));
    for (const [buildId, runs] of open) await this.#rescueUnserved(buildId, runs);
    if (this.#rescued.size > 0) await this.#settleRescued(open);
    show(this.#now(open));
  }

  async #serve(buildId: string): Promise<void> {
    const { serve, log } = this.#deps;
    try {
      const worker = await serve(buildId);
      if ("problem" in worker) {
        this.#unserved.set(buildId, worker);
        return;
      }
      log.warn({ buildId }, "runs are pinned to an older build: a worker serves it from its kept bundle");
      this.#served.set(buildId, { worker, looks: 0, looksWithoutRuns: 0 });
      this.#unserved.delete(buildId);
      worker.ended.then(
        () => this.#isServedBy(worker, buildId) && this.#failed(buildId, "it ended by itself"),
        (error: unknown) => this.#failed(buildId, thrownText(error)),
      );
    } catch (error) {
      this.#failed(buildId, `it does not start: ${thrownText(error)}`);
    }
  }

  #isServedBy(worker: DrainingWorker, buildId: string): boolean {
    return !this.#isEnding && this.#served.get(buildId)?.worker === worker;
  }

  #failed(buildId: string, why: string): void {
    this.#served.delete(buildId);
    this.#workers.failed(buildId);
    const times = this.#workers.times(buildId);
    this.#unserved.set(buildId, { problem: `its worker failed (${times}): ${why}; it is tried again`, isGone: false });
    this.#deps.log.error({ buildId, times, problem: why }, "the worker of an older build failed; it is tried again");
  }

  #endDrained(open: ReadonlyMap<string, unknown>): void {
    for (const [buildId, served] of this.#served) {
      served.looks += 1;
      if (served.looks === LOOKS_HELD) this.#workers.held(buildId);
      served.looksWithoutRuns = open.has(buildId) ? 0 : served.looksWithoutRuns + 1;
      if (served.looksWithoutRuns < LOOKS_WITHOUT_RUNS) continue;
      this.#served.delete(buildId);
      served.worker.shutdown();
      this.#deps.log.warn({ buildId }, "an older build is drained: its last run has closed and its worker ends");
    }
    for (const buildId of this.#unserved.keys()) if (!open.has(buildId)) this.#unserved.delete(buildId);
  }

  async #rescueUnserved(buildId: string, runs: readonly OpenRun[]): Promise<void> {
    const { rescue, log } = this.#deps;
    const unserved = this.#unserved.get(buildId);
    if (unserved === undefined || (!unserved.isGone && this.#workers.times(buildId) < FAILURES_MAX)) return;
    const isOpen = ({ runId }: OpenRun): boolean => {
      const how = this.#rescued.get(runId)?.how;
      return how === undefined || how === "not yet";
    };
    const due = runs.filter((run) => isOpen(run) && this.#proofs.isDue(run.runId));
    if (due.length === 0) return;
    log.error(
      { buildId, problem: unserved.problem, openRuns: due.length },
      "an older build with open runs has no worker",
    );
    for (const done of await rescue(due, unserved.isGone)) {
      const { run, how, told } = done;
      this.#rescued.set(run.runId, done);
      if (how === "not yet") this.#proofs.failed(run.runId);
      else this.#proofs.held(run.runId);
      log.error({ buildId, workflowId: run.workflowId, runId: run.runId, how, told }, "a run without its build");
    }
  }

  /** Runs that have gone on by the current build are pinned to it. */
  async #settleRescued(open: ReadonlyMap<string, readonly OpenRun[]>): Promise<void> {
    const still = new Set([...open.values()].flat().map(({ runId }) => runId));
    this.#proofs.keep(still);
    const gone = [...this.#rescued.keys()].filter((runId) => !still.has(runId));
    if (gone.length === 0) return;
    await this.#deps.versions.pinUnpinned(this.#deps.current);
    for (const runId of gone) this.#rescued.delete(runId);
  }

  #now(open: ReadonlyMap<string, readonly OpenRun[]>): BuildNow[] {
    return [...open].map(([buildId, runs]): BuildNow => {
      const unserved = this.#unserved.get(buildId);
      if (unserved === undefined) return { buildId, state: "draining", openRuns: runs.length };
      const done = runs.flatMap(({ runId }) => this.#rescued.get(runId) ?? []);
      const stays = done.filter(({ how }) => how === "left" || how === "not yet");
      const others = stays.length === done.length ? [] : ["what fits goes on by the current build"];
      const told = stays.map(({ run, told: why }) => `${run.workflowId}: ${why}`);
      const problem = [unserved.problem, ...others, ...told].join("; ");
      return { buildId, state: "unserved", openRuns: runs.length, problem };
    });
  }
}

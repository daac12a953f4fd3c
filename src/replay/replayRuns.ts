import { fileURLToPath } from "node:url";
import { IllegalStateError } from "@temporalio/common";
import { bundleWorkflowCode, DefaultLogger, type InjectedSinks, type LogEntry, Runtime, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import type { AuditSinks } from "./auditInterceptors.ts";
import type { OpenedRun } from "./openRun.ts";

/** What the present workflow code did when it was shown a run's history. */
export interface ReplayedRun extends OpenedRun {
  /** Why the code could not have written this history; absent when it could. */
  readonly error?: string;
  /** Commands in the order in which the code gave them, one list an activation. */
  readonly activations: readonly (readonly unknown[])[];
  /** The stand-in queue of the replay: commands that name no queue of their own carry it. */
  readonly taskQueue: string;
}

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** Workflow code with the audit's listener built in. Bundled once per process and path: it takes about a second. */
export function auditBundleOf(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  let bundle = bundles.get(workflowsPath);
  if (bundle === undefined) {
    bundle = bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules: [fileURLToPath(new URL("./auditInterceptors.ts", import.meta.url))],
      logger: new DefaultLogger("ERROR"),
    });
    bundles.set(workflowsPath, bundle);
  }
  return bundle;
}

/**
 * Replays runs one after the other on one worker, no server needed. Yields each run with what the code commanded; a run that the code
 * could not have written carries `error`. Memory holds one history at a time.
 */
export async function* replayRuns(workflowsPath: string, runs: AsyncIterable<OpenedRun>): AsyncGenerator<ReplayedRun> {
  silenceCore();
  const heard = new Heard();
  const workflowBundle = await auditBundleOf(workflowsPath);
  const current: OpenedRun[] = [];
  const results = Worker.runReplayHistories({ workflowBundle, sinks: heard.sinks(), replayName: "audit" }, histories(runs, current, heard));
  for await (const result of results) {
    const run = current.pop();
    if (run === undefined) throw new IllegalStateError("the replay answered for a run that it was not given");
    yield { ...run, error: result.error === undefined ? undefined : firstLine(result.error.message), activations: heard.activations, taskQueue: heard.taskQueue };
  }
}

async function* histories(runs: AsyncIterable<OpenedRun>, current: OpenedRun[], heard: Heard): AsyncGenerator<{ workflowId: string; history: OpenedRun["history"] }> {
  for await (const run of runs) {
    current.push(run);
    heard.reset();
    yield { workflowId: run.run.workflowId, history: run.history };
  }
}

/** Collects what the interceptor reports for the run in hand. */
class Heard {
  activations: (readonly unknown[])[] = [];
  taskQueue = "";

  reset(): void {
    this.activations = [];
    this.taskQueue = "";
  }

  sinks(): InjectedSinks<AuditSinks> {
    return {
      audit: {
        commands: {
          callDuringReplay: true,
          fn: (info, commands) => {
            this.taskQueue = info.taskQueue;
            this.activations.push(commands);
          },
        },
      },
    };
  }
}

let silenced = false;

/** A mismatch is told as a finding; the runtime's own warnings about it would bury the verdict. Once per process. */
function silenceCore(): void {
  if (silenced) return;
  silenced = true;
  try {
    Runtime.install({
      logger: new DefaultLogger("ERROR", reportUnlessMismatch),
      telemetryOptions: { logging: { forward: {}, filter: { core: "ERROR", other: "ERROR" } } },
    });
  } catch (error) {
    // the process already runs workers with its own logger: keep that one
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

function reportUnlessMismatch(entry: LogEntry): void {
  if (/nondeterminism|TMPRL1100|Failed to process Workflow Activation/i.test(`${entry.message} ${JSON.stringify(entry.meta?.["error"] ?? "")}`)) return;
  process.stderr.write(`${entry.level} ${entry.message}\n`);
}

function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? message).slice(0, 500);
}

import { createRequire } from "node:module";
import { defaultPayloadConverter, toPayloads, TypedSearchAttributes, type Payload } from "@temporalio/common";
import proto from "@temporalio/proto";
import { workflowBundle } from "../../src/replay/workflowBundle.ts";

const require = createRequire(import.meta.url);
// The SDK's own way of testing itself; internal to it, and pinned by the exact version in package.json.
const { parseWorkflowCode } = require("@temporalio/worker/lib/worker.js") as {
  parseWorkflowCode(code: string): unknown;
};
const { ReusableVMWorkflowCreator } = require("@temporalio/worker/lib/workflow/reusable-vm.js") as {
  ReusableVMWorkflowCreator: {
    create(
      bundle: unknown,
      timeoutMs: number,
      activities: Set<string>,
    ): Promise<{ createWorkflow(options: object): Promise<Activated>; destroy(): Promise<void> }>;
  };
};

interface Activated {
  activate(activation: object): Promise<{
    successful?: { commands?: readonly Command[] | null } | null;
    failed?: { failure?: { message?: string | null } | null } | null;
  }>;
  dispose(): Promise<void>;
}

type Command = proto.coresdk.workflow_commands.IWorkflowCommand;

/** A workflow run by hand: no server, and time is what each step says. */
export interface HandRun {
  /**
   * Gives the workflow what happened at one moment; returns what it asks for. @throws Error when the workflow code
   * throws.
   */
  step(
    atMs: number,
    jobs: readonly proto.coresdk.workflow_activation.IWorkflowActivationJob[],
    continueAsNewSuggested?: boolean,
  ): Promise<readonly Command[]>;
  close(): Promise<void>;
}

const RUN_ID = "0190a1b2-0000-7000-8000-000000000001";

const bundles = new Map<string, Promise<unknown>>();

/** Bundled once a process: it takes most of a second. */
function parsedBundle(workflowsPath: string): Promise<unknown> {
  const known = bundles.get(workflowsPath) ?? workflowBundle(workflowsPath).then(({ code }) => parseWorkflowCode(code));
  bundles.set(workflowsPath, known);
  return known;
}

/** Begins a workflow of the module at `workflowsPath` in the SDK's own sandbox. */
export async function runByHand(options: {
  workflowsPath: string;
  workflowType: string;
  workflowId: string;
  activities: readonly string[];
  startMs: number;
}): Promise<HandRun> {
  const { workflowType, workflowId, startMs } = options;
  const creator = await ReusableVMWorkflowCreator.create(
    await parsedBundle(options.workflowsPath),
    5_000,
    new Set(options.activities),
  );
  const info = {
    workflowType,
    workflowId,
    runId: RUN_ID,
    namespace: "default",
    firstExecutionRunId: RUN_ID,
    originalExecutionRunId: RUN_ID,
    attempt: 1,
    taskTimeoutMs: 10_000,
    taskQueue: "by-hand",
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    historyLength: 3,
    historySize: 300,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    unsafe: { isReplaying: false, isReplayingHistoryEvents: false, now: () => startMs, random: () => 0.5 },
    startTime: new Date(startMs),
    runStartTime: new Date(startMs),
  };
  const workflow = await creator.createWorkflow({
    info,
    randomnessSeed: [7, 0, 0, 0, 0, 0, 0, 0],
    now: startMs,
    showStackTraceSources: false,
  });
  return {
    async step(atMs, jobs, continueAsNewSuggested = false) {
      const timestamp = { seconds: Math.floor(atMs / 1000), nanos: (atMs % 1000) * 1_000_000 };
      const activation = proto.coresdk.workflow_activation.WorkflowActivation.fromObject({
        runId: RUN_ID,
        timestamp,
        isReplaying: false,
        historyLength: 3,
        historySizeBytes: 300,
        continueAsNewSuggested,
        jobs,
      });
      const { successful, failed } = await workflow.activate(activation);
      if (failed) throw new Error(`${workflowType} failed its task: ${failed.failure?.message}`);
      return successful?.commands ?? [];
    },
    close: async () => {
      await workflow.dispose();
      await creator.destroy();
    },
  };
}

export function payloadsOf(...values: readonly unknown[]): Payload[] {
  return toPayloads(defaultPayloadConverter, ...values) ?? [];
}

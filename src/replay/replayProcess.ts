import { DefaultLogger, type InjectedSinks, type ReplayError, Runtime, Worker } from "@temporalio/worker";
import { DeterminismViolationError } from "@temporalio/workflow";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import type { AuditSinks } from "./auditInterceptors.ts";
import { commandShapes } from "./kinds/commandShapes.ts";
import type { ReplayAnswer, ReplayRequest, ReplaySetup } from "./replayMessages.ts";

/*
 * The process that replays. A history made to do harm can bring the replay down with it (the SDK's core aborts on
 some), so it runs here * and not in the auditor. Speaks over the IPC channel of `child_process.fork`: a setup, then
 request and answer in turn.
 */

/** The SDK gives a workflow type that the code does not have no class of its own. */
const NO_SUCH_WORKFLOW =
  /^Replay failed due workflow task failure\. .*no such function is exported by the workflow bundle/s;

class Inbox {
  readonly #waiting: ReplayRequest[] = [];
  #wake: (() => void) | undefined;
  current: ReplayRequest | undefined;

  put(request: ReplayRequest): void {
    this.#waiting.push(request);
    this.#wake?.();
  }

  /** Histories as they are asked for, without end: the auditor ends the process. */
  async *histories(onNext: () => void): AsyncGenerator<{ workflowId: string; history: unknown }> {
    while (true) {
      while (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.current = this.#waiting.shift();
      onNext();
      const { workflowId, bytes } = this.current!;
      yield { workflowId, history: historyFromJSON(JSON.parse(new TextDecoder().decode(bytes))) };
    }
  }
}

const inbox = new Inbox();
let heard: (readonly unknown[])[] = [];
let replayQueue = "";

const sinks: InjectedSinks<AuditSinks> = {
  audit: {
    commands: {
      callDuringReplay: true,
      fn: (info, commands) => {
        replayQueue = info.taskQueue;
        heard.push(commands);
      },
    },
  },
};

async function replayAll({ code }: ReplaySetup): Promise<void> {
  const silent = new DefaultLogger("ERROR", () => undefined);
  Runtime.install({
    logger: silent,
    telemetryOptions: { logging: { forward: {}, filter: { core: "ERROR", other: "ERROR" } } },
  });
  const histories = inbox.histories(() => {
    heard = [];
  });
  // the history is checked again inside: its declared type is that of the client's own fetch
  for await (const { error } of Worker.runReplayHistories(
    { workflowBundle: { code }, sinks, replayName: "audit" },
    histories as never,
  )) {
    const { shapes, uncompared } = commandShapes(heard, replayQueue, inbox.current?.taskQueue);
    answer({
      error: error === undefined ? undefined : (error.message.split("\n", 1)[0] ?? "").slice(0, 400),
      isMisfit: error !== undefined && isMisfit(error),
      shapes,
      uncompared,
    });
  }
}

function answer(message: ReplayAnswer): void {
  process.send?.(message);
}

/**
 * Whether a replay failed because the code could not have written the history: it commands something else, or has no
 * such workflow. Any other failure, code that throws or a replay that ran out of memory or time, proves nothing.
 */
function isMisfit(error: Error | ReplayError | DeterminismViolationError): boolean {
  return error instanceof DeterminismViolationError || NO_SUCH_WORKFLOW.test(error.message);
}

process.on("message", (message: ReplaySetup | ReplayRequest) => {
  if (message.kind === "replay") inbox.put(message);
  else {
    replayAll(message).catch((error: unknown) => {
      process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
      process.exit(1);
    });
  }
});
// the auditor went away: nothing left to do
process.on("disconnect", () => process.exit(0));

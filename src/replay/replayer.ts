import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { textAt } from "../domain/evidence/historyEvent.ts";
import type { OpenedRun } from "./openRun.ts";
import type { ReplayAnswer, ReplayRequest } from "./replayMessages.ts";
import { workflowBundle } from "./workflowBundle.ts";

/** A run, its history's bytes and what the code made of it. */
export interface ReplayedRun extends OpenedRun, ReplayAnswer {}

/** Shows histories to the workflow code, one after the other, in a process of its own. */
export interface Replayer {
  /** Shows one history; it may be of an open run. */
  show(history: Omit<ReplayRequest, "kind">): Promise<ReplayAnswer>;
  replay(run: OpenedRun): Promise<ReplayedRun>;
  close(): void;
}

/** Real time for one history: 24,000 events take 11 s. */
const REPLAY_TIMEOUT_MS = 300_000;

const bundles = new Map<string, Promise<string>>();

/** Workflow code with the audit's listener built in; made once per process and path, it takes about a second. */
function auditCodeOf(workflowsPath: string): Promise<string> {
  let code = bundles.get(workflowsPath);
  if (code === undefined) {
    const workflowInterceptorModules = [fileURLToPath(new URL("./auditInterceptors.ts", import.meta.url))];
    code = workflowBundle(workflowsPath, workflowInterceptorModules).then((bundle) => bundle.code);
    bundles.set(workflowsPath, code);
    // What failed may not fail again.
    code.catch(() => bundles.delete(workflowsPath));
  }
  return code;
}

/**
 * Bundles the workflows of a module and stands ready to replay. No server is needed. A history that brings the process
 * down is answered as one that cannot be replayed, and the next one gets a new process.
 */
export async function openReplayer(workflowsPath: string): Promise<Replayer> {
  const code = await auditCodeOf(workflowsPath);
  let child: ReplayChild | undefined;
  let before: Promise<unknown> = Promise.resolve();
  // one after the other: an answer does not say whose history it is of
  const show = (history: Omit<ReplayRequest, "kind">): Promise<ReplayAnswer> => {
    const answer = before.then(() => {
      if (child?.alive !== true) child = new ReplayChild(code);
      return child.ask({ kind: "replay", ...history });
    });
    before = answer.catch(() => undefined);
    return answer;
  };
  return {
    show,
    async replay(run) {
      const answer = await show({
        workflowId: run.run.workflowId,
        taskQueue: textAt(run.events[0]?.attributes, "taskQueue", "name"),
        bytes: run.bytes,
      });
      return { ...run, ...answer };
    },
    close() {
      child?.end();
      child = undefined;
    },
  };
}

class ReplayChild {
  readonly #process: ChildProcess;
  #errors = "";
  alive = true;

  constructor(code: string) {
    this.#process = fork(fileURLToPath(new URL("./replayProcess.ts", import.meta.url)), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    this.#process.stderr?.on("data", (data: Buffer) => {
      this.#errors = `${this.#errors}${data.toString("utf8")}`.slice(-20_000);
    });
    this.#process.on("exit", () => {
      this.alive = false;
    });
    this.#process.send({ kind: "setup", code });
  }

  ask(request: ReplayRequest): Promise<ReplayAnswer> {
    return new Promise((resolve) => {
      const settle = (answer: ReplayAnswer): void => {
        clearTimeout(timer);
        this.#process.off("message", onMessage).off("close", onClose).off("error", onError);
        resolve(answer);
      };
      const broken = (why: string): void => {
        settle({ error: `the replay broke off: ${why}`, shapes: [], uncompared: [] });
        this.end();
      };
      const onMessage = (answer: unknown): void => settle(answer as ReplayAnswer);
      const onClose = (): void => broken(lastWords(this.#errors));
      const onError = (error: Error): void => broken(error.message);
      const timer = setTimeout(() => broken(`no answer within ${REPLAY_TIMEOUT_MS / 1000} s`), REPLAY_TIMEOUT_MS);
      // `close`, not `exit`: by then the last words on stderr have arrived
      this.#process.on("message", onMessage).on("close", onClose).on("error", onError);
      this.#process.send(request);
    });
  }

  end(): void {
    this.alive = false;
    this.#process.kill("SIGKILL");
  }
}

/** The line of a crash that names it. */
function lastWords(errors: string): string {
  const lines = errors.split("\n").filter((line) => line.trim() !== "");
  const said =
    lines.find((line) => /panicked at/.test(line)) ??
    lines.find((line) => /Error/.test(line)) ??
    lines.at(-1) ??
    "it gave no reason";
  return said.trim().slice(0, 300);
}

import type { LogLimits } from "./logRotation.ts";
import type { ProcessIdentity } from "../../local/processIdentity.mjs";

/** What a guard is asked to run. `node` children may report ready; `graceMs` is how long the end signal has to work. */
export type GuardedProgram = {
  name: string;
  program: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
  logFile: string;
  /** The usual ones unless given. */
  logLimits?: LogLimits;
  endSignal: NodeJS.Signals;
  graceMs: number;
  node: boolean;
};

/** Launcher to guard. */
export type ToGuard = { type: "start"; program: GuardedProgram } | { type: "stop" };

/** Guard to launcher. */
export type FromGuard =
  | { type: "started"; child: ProcessIdentity }
  | { type: "failed"; message: string }
  | { type: "ready"; value: unknown }
  | { type: "exited"; code: number | undefined; signal: NodeJS.Signals | undefined };

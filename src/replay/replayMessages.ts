import type { Shape } from "./kinds/shape.ts";

/** First message to the replaying process. */
export interface ReplaySetup {
  readonly kind: "setup";
  /** Workflow code with the audit's listener, bundled. */
  readonly code: string;
}

/** One history to replay. */
export interface ReplayRequest {
  readonly kind: "replay";
  readonly workflowId: string;
  /** Queue that the run was started on. */
  readonly taskQueue?: string;
  readonly bytes: Uint8Array;
}

/** What the code did when it was shown the history. */
export interface ReplayAnswer {
  /** Why the code could not have written this history; absent when it could. */
  readonly error?: string;
  /** Whether the error proves that the code could not have written the history; else the replay itself failed. */
  readonly isMisfit?: boolean;
  /** What the code commanded, in order. */
  readonly shapes: readonly Shape[];
  /** Kinds of commands whose input the history does not keep. */
  readonly uncompared: readonly string[];
}

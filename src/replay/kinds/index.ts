import { activity } from "./activity.ts";
import { child } from "./child.ts";
import { cancelled, completed, continuedAsNew, failed } from "./endings.ts";
import type { CommandKind } from "./kind.ts";
import { memo } from "./memo.ts";
import { searchAttributes } from "./searchAttributes.ts";
import { signal } from "./signal.ts";
import { timer } from "./timer.ts";
import { update } from "./update.ts";

/** Kinds of commands whose content stands in the history: each is held against the events that record it. */
export const COMMAND_KINDS: readonly CommandKind[] = [
  activity,
  timer,
  child,
  signal,
  searchAttributes,
  memo,
  update,
  continuedAsNew,
  completed,
  failed,
  cancelled,
];

/** Commands that say nothing a payload could hide: the replay itself holds their kind and order. */
export const LEFT_TO_REPLAY: ReadonlySet<string> = new Set([
  "setPatchMarker",
  "respondToQuery",
  "requestCancelActivity",
  "cancelTimer",
  "cancelChildWorkflowExecution",
  "requestCancelExternalWorkflowExecution",
  "cancelSignalWorkflow",
  "requestCancelLocalActivity",
  "requestCancelNexusOperation",
]);

import type { ReplayError } from "@temporalio/worker";
import { DeterminismViolationError } from "@temporalio/workflow";

/** The SDK gives a workflow type that the code does not have no class of its own. */
const NO_SUCH_WORKFLOW =
  /^Replay failed due workflow task failure\. .*no such function is exported by the workflow bundle/s;

/**
 * Whether a replay failed because the code could not have written the history: it commands something else, or has no
 * such workflow. Any other failure, code that throws or a replay that ran out of memory or time, proves nothing.
 */
export function isMisfit(error: Error | ReplayError | DeterminismViolationError): boolean {
  return error instanceof DeterminismViolationError || NO_SUCH_WORKFLOW.test(error.message);
}

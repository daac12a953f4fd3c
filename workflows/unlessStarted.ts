import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";

/** Starts a child, unless one with its id runs already: then that one does the work. @throws whatever else it throws */
export async function unlessStarted(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

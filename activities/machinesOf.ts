import type { DispatchBatch, Machine } from "../src/domain/dispatch/model.ts";

/** The machines of a batch. @throws Error when the configuration has fewer than the batch was planned for. */
export function machinesOf(batch: DispatchBatch, machines: readonly Machine[]): readonly Machine[] {
  if (machines.length < batch.to)
    throw new Error(
      `A batch names machines ${batch.from + 1} to ${batch.to} of cohort ${batch.cohortId}, this worker's ` +
        `configuration has ${machines.length}. Start the worker with the configuration that the plan was made from.`,
    );
  return machines.slice(batch.from, batch.to);
}

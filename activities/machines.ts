import type { DispatchBatch, Machine } from "../src/domain/dispatch/model.ts";
import type { UnstoredRow } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import { notConfigured } from "./failure.ts";

/** The machines of a batch. @throws NotConfigured when the configuration has fewer than the batch was planned for. */
export function machinesOf(batch: DispatchBatch, machines: readonly Machine[]): readonly Machine[] {
  if (machines.length < batch.to)
    throw notConfigured(
      `A batch names machines ${batch.from + 1} to ${batch.to} of cohort ${batch.cohortId}, this worker's ` +
        `configuration has ${machines.length}. Start the worker with the configuration that the plan was made from.`,
    );
  return machines.slice(batch.from, batch.to);
}

/**
 * Says in the log which machines' rows could not be stored. Such a machine is commanded all the same; a repeat of the
 * activity may ask it again.
 */
export function tellUnstored(log: Log, siteId: string, rows: readonly UnstoredRow[]): void {
  for (const row of rows) log.error({ siteId, ...row }, "a machine's row could not be stored");
}

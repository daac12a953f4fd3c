import type { DispatchBatch, Machine } from "../src/domain/dispatch/model.ts";
import type { UnstoredRow } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import { notConfigured } from "./failure.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

/** The machines of a batch. @throws NotConfigured when the configuration has fewer than the batch was planned for. */
export function machinesOf(
  { cohortId, spans }: Pick<DispatchBatch, "cohortId" | "spans">,
  machines: readonly Machine[],
): readonly Machine[] {
  const beyond = spans.find(({ to }) => to > machines.length);
  if (beyond !== undefined)
    throw notConfigured(
      `A batch names machines ${beyond.from + 1} to ${beyond.to} of cohort ${cohortId}, this worker's ` +
        `configuration has ${machines.length}. Start the worker with the configuration that the plan was made from.`,
    );
  return spans.flatMap(({ from, to }) => machines.slice(from, to));
}

/**
 * Says in the log which machines' rows could not be stored. Such a machine is commanded all the same; a repeat of the
 * activity may ask it again.
 */
export function tellUnstored(log: Log, siteId: SiteId, rows: readonly UnstoredRow[]): void {
  for (const row of rows) log.error({ siteId, ...row }, "a machine's row could not be stored");
}

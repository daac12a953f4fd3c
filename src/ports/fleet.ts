import type { Machine, MachineReading, OperatingPoint } from "../domain/dispatch/model.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { CommandResult } from "./fleetControl.ts";

/**
 * Many machines at once with bounded connections. One machine's silence, or the failure of its driver, is an outcome of
 * that machine and costs no other one anything; both reject only when `signal` aborts. Texts that machines wrote are
 * clean.
 */
export interface Fleet {
  /** Machines of a cohort in inventory order: the order batches refer to. @throws Error for a site it does not have. */
  machines(siteId: string, cohortId: string): readonly Machine[];
  apply(
    /** `mayBeUnderWay` as in `FleetDriver.apply`. */
    orders: readonly { machine: Machine; point: OperatingPoint; mayBeUnderWay?: boolean }[],
    signal: AbortSignal,
    onResult: (result: CommandResult) => void,
  ): Promise<void>;
  read(machines: readonly Machine[], readAt: Instant, signal: AbortSignal): Promise<readonly MachineReading[]>;
}

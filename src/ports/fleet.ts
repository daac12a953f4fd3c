import type { Machine, MachineReading, OperatingPoint } from "../domain/dispatch/model.ts";
import type { CohortId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { CommandResult } from "./fleetControl.ts";

/** What one machine is to be told. */
export interface MachineOrder {
  readonly machine: Machine;
  readonly point: OperatingPoint;
  /** As in `PointOrder`. */
  readonly mayBeUnderWay?: boolean;
}

/**
 * Many machines at once with bounded connections; machines of one driver that are to be at one point reach it together.
 * One machine's silence, or the failure of its driver, is an outcome of that machine and costs no other one anything;
 * both reject only when `signal` aborts. Texts that machines wrote are clean.
 */
export interface Fleet {
  /** Machines of a cohort in inventory order: the order batches refer to. @throws Error for a site it does not have. */
  machines(siteId: SiteId, cohortId: CohortId): readonly Machine[];
  /** One result for each order, as they come. */
  apply(orders: readonly MachineOrder[], signal: AbortSignal, onResult: (result: CommandResult) => void): Promise<void>;
  /** One reading for each machine, in the machines' order. */
  read(machines: readonly Machine[], readAt: Instant, signal: AbortSignal): Promise<readonly MachineReading[]>;
}

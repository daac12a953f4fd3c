import type { CommandOutcome, Machine, MachineReading, OperatingPoint } from "../domain/dispatch/model.ts";
import type { MachineId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { RunningSetpoint } from "../domain/units/setpoint.ts";

/** What of a firmware the orchestrator must know. It asks for these, never for a brand. */
export interface DriverCapabilities {
  /** Forms of set-point, beside `off`, that a machine takes and shows when it is read. */
  readonly takes: readonly RunningSetpoint["kind"][];
  /** Most machines in one `apply` or `read`; 1 where each machine is spoken to by itself. */
  readonly machinesAtOnce: number;
  /**
   * How long a controller that died while it wrote keeps every other from writing, s; 0 where control is never held.
   */
  readonly abandonedControlSeconds: number;
}

export interface CommandResult {
  readonly machineId: MachineId;
  readonly outcome: CommandOutcome;
  /** What the machine held before this command changed it: what a restore goes back to. */
  readonly setpointBefore?: RunningSetpoint;
  /** Restart-type commands put on the wire (sleep, wakeup, another set-point). */
  readonly writes: number;
  readonly detail?: string;
}

/** Machines that are to be at one point. */
export interface PointOrder {
  readonly machines: readonly Machine[];
  readonly point: OperatingPoint;
  /** They have been told before and what came of it was lost: one that says it follows is not told again. */
  readonly mayBeUnderWay?: boolean;
}

/**
 * Control over the machines of one firmware, or over a fleet controller, by its real wire protocol. Methods never throw
 * for what a machine does: refused, busy and silent are outcomes. `apply` reads first and writes only what differs;
 * success means acknowledged, `read` is the proof. Timeouts are real time; both reject only when `signal` aborts. No
 * call has more machines than `machinesAtOnce`, and none a point that the capabilities do not name.
 */
export interface FleetDriver {
  readonly driverId: string;
  readonly capabilities: DriverCapabilities;
  /** Why a set-point of a form that it takes cannot be asked of a machine all the same; undefined when it can. */
  setpointProblem(setpoint: RunningSetpoint): string | undefined;
  /** One result for each machine. */
  apply(order: PointOrder, signal: AbortSignal): Promise<readonly CommandResult[]>;
  /** State of each machine now, stamped `readAt` (market time). */
  read(machines: readonly Machine[], readAt: Instant, signal: AbortSignal): Promise<readonly MachineReading[]>;
}

/** A driver that speaks to one machine at a time. Its contract is that of `FleetDriver`. */
export interface MachineDriver extends Pick<FleetDriver, "driverId" | "setpointProblem"> {
  readonly capabilities: Omit<DriverCapabilities, "machinesAtOnce">;
  apply(machine: Machine, point: OperatingPoint, signal: AbortSignal, mayBeUnderWay?: boolean): Promise<CommandResult>;
  read(machine: Machine, readAt: Instant, signal: AbortSignal): Promise<MachineReading>;
}

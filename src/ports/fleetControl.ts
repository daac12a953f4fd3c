import type { CommandOutcome, Machine, MachineReading, OperatingPoint } from "../domain/dispatch/model.ts";
import type { Instant } from "../domain/units/instant.ts";

/** What of a firmware the orchestrator must know. It asks for these, never for a brand. */
export interface DriverCapabilities {
  /**
   * How long a controller that died while it wrote keeps every other from writing, s; 0 where control is never held.
   */
  readonly abandonedControlSeconds: number;
}

export interface CommandResult {
  readonly machineId: string;
  readonly outcome: CommandOutcome;
  /** Profile the machine held before this command changed it: what a restore goes back to. */
  readonly profileBefore?: string;
  /** Restart-type commands put on the wire (sleep, wakeup, profile change). */
  readonly writes: number;
  readonly detail?: string;
}

/**
 * One firmware's control over its real wire protocol. Methods never throw for what a machine does: refused, busy and
 * silent are outcomes. `apply` reads first and writes only what differs; success means acknowledged, `read` is the
 * proof.
 */
export interface FleetDriver {
  readonly driverId: string;
  readonly capabilities: DriverCapabilities;
  /** Why a profile of the configuration cannot be asked of a machine by its name; undefined when it can. */
  profileProblem(profile: string): string | undefined;
  /**
   * Bring one machine to an operating point. Timeouts are real time. Rejects only when `signal` aborts. Once it has
   * been told and what came of it was lost (`mayBeUnderWay`), a machine that says it follows is not told again before
   * it has been read back.
   */
  apply(machine: Machine, point: OperatingPoint, signal: AbortSignal, mayBeUnderWay?: boolean): Promise<CommandResult>;
  /** State now, stamped `readAt` (market time). */
  read(machine: Machine, readAt: Instant, signal: AbortSignal): Promise<MachineReading>;
}

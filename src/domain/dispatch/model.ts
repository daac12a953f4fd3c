import type { ClientId, CohortId, MachineId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { RunningSetpoint, Setpoint } from "../units/setpoint.ts";

/** Where a machine should be: a set-point (`off` is firmware sleep), or `on`: awake, at whatever it holds by itself. */
export type OperatingPoint = Setpoint | { readonly kind: "on" };

/** One machine of the inventory. */
export interface Machine {
  readonly machineId: MachineId;
  readonly host: string;
  readonly port: number;
  readonly cohortId: CohortId;
  readonly clientId: ClientId;
  readonly driver: string;
}

/** Desired state of the machines of one cohort that are to be in one mode, at one revision. */
export interface ShareTarget {
  readonly cohortId: CohortId;
  readonly modeId: string;
  readonly point: OperatingPoint;
  /** As decided. Of a cohort's lowest share there may be more: machines that are not able to run are told that one. */
  readonly machines: number;
  /** Expected wall power of one machine there, W. */
  readonly expectedW: number;
  /**
   * Back to normal: each machine returns to the set-point it held before Ballast changed it, `point` is asked of none.
   */
  readonly restores: boolean;
}

/** Machines that a decision leaves or moves, in the mode that they come from. */
export interface ShareBefore {
  readonly modeId: string;
  readonly machines: number;
  /** Wall power of one machine there, W. */
  readonly fromW: number;
}

/** Desired state of one cohort at one revision. */
export interface CohortTarget {
  readonly cohortId: CohortId;
  /** Of the inventory, able to run or not. */
  readonly machines: number;
  /** Ascending by power. */
  readonly shares: readonly ShareTarget[];
  /** Ascending by power. */
  readonly before: readonly ShareBefore[];
  /** Its machines that sleep are not woken, however many the shares name. */
  readonly keepsAsleep?: true;
  /** Its machines are told; else it is stated as a target, and stays. */
  readonly isDriven: boolean;
}

/** What a site's fleet is told at one revision. Older revisions are fenced off. */
export interface DispatchPlan {
  readonly siteId: SiteId;
  readonly revision: number;
  readonly decidedAt: Instant;
  /** Market time by which the meter must show the change. */
  readonly deadline: Instant;
  /** In the order in which they are driven, then those that stay. */
  readonly targets: readonly CohortTarget[];
  /** Machines in one batch, at most. */
  readonly batchSize: number;
  /** Expected change of site power, kW: negative sheds. */
  readonly expectedDeltaKw: number;
}

/** Machines `from` (inclusive) to `to` (exclusive) of a cohort's inventory order. */
export interface MachineSpan {
  readonly from: number;
  readonly to: number;
}

/** Machines of one cohort and mode, few enough for one activity. */
export interface DispatchBatch {
  readonly cohortId: CohortId;
  readonly modeId: string;
  readonly spans: readonly MachineSpan[];
}

/** One wave of writes, or of read-backs, over one batch; attempt 0 is the first. */
export interface BatchOrder {
  readonly siteId: SiteId;
  readonly revision: number;
  readonly attempt: number;
  readonly batch: DispatchBatch;
  readonly target: ShareTarget;
}

/** What one machine answered to a command, or did not. An acknowledgement proves nothing. */
export type CommandOutcome =
  | "acknowledged"
  | "already-there"
  | "refused"
  | "busy"
  | "unreachable"
  | "unauthorized"
  | "unsupported"
  | "unknown"
  | "locked-out"
  | "superseded";

/** State of one machine as read back from the machine itself. */
export interface MachineReading {
  readonly machineId: MachineId;
  readonly readAt: Instant;
  /** `unknown` when the machine did not answer: never taken for asleep. */
  readonly state: "running" | "ramping" | "asleep" | "unknown";
  readonly powerW?: number;
  /** What it holds by its own word: runs at, or wakes to. */
  readonly setpoint?: RunningSetpoint;
  readonly hashrateThs?: number;
  /** Whether a pool takes its work; absent where it does not say. */
  readonly hasPool?: boolean;
  /** Why the state is unknown, for a person. */
  readonly problem?: string;
}

/** Result of one wave over one batch: counts, never lists of machines. */
export interface WaveSummary {
  readonly cohortId: CohortId;
  readonly modeId: string;
  readonly machines: number;
  readonly outcomes: Readonly<Partial<Record<CommandOutcome, number>>>;
  readonly atTarget: number;
  readonly stragglers: number;
  readonly superseded: boolean;
  /** Market time at which the last write was done. */
  readonly endedAt?: Instant;
}

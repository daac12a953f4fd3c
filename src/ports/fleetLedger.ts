import type { CommandOutcome, MachineReading } from "../domain/dispatch/model.ts";
import type { BaseSpan } from "../domain/dispatch/dispatchBase.ts";
import type { ResponseVerdict } from "../domain/verification/model.ts";
import type { CohortId, MachineId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { RunningSetpoint } from "../domain/units/setpoint.ts";

export interface CommandEntry {
  readonly machineId: MachineId;
  readonly cohortId: CohortId;
  readonly modeId: string;
  readonly outcome: CommandOutcome;
  readonly writes: number;
  readonly setpointBefore?: RunningSetpoint;
  readonly detail?: string;
  readonly at: Instant;
}

export interface JudgedReading extends MachineReading {
  readonly atTarget?: boolean;
  readonly restored?: boolean;
  readonly restPoint?: boolean;
}

export interface MachineStanding {
  readonly machineId: MachineId;
  readonly cohortId: CohortId;
  readonly state: MachineReading["state"];
  readonly setpointBefore?: RunningSetpoint;
  readonly atTarget?: boolean;
}

export interface Straggler {
  readonly machineId: MachineId;
  readonly revision: number;
  readonly modeId: string;
  readonly state: string;
  readonly lastOutcome?: string;
  readonly since: Instant;
}

/** What a dispatch is measured against: how it was before anything moved. */
export interface DispatchBase {
  /** Absent when the meter was silent. */
  readonly beforeKw?: number;
  readonly cohorts: Readonly<Record<string, readonly BaseSpan[]>>;
}

export interface OpenedDispatch {
  readonly newest: number;
  /** The revision before whose commands the base was read. */
  readonly baseRevision: number;
  readonly base: DispatchBase;
  /** The base is that of an earlier revision, which was taken back before its verdict. */
  readonly resumed: boolean;
}

/** A machine of which a row could not be stored, though its neighbors' were. */
export interface UnstoredRow {
  readonly machineId: MachineId;
  readonly problem: string;
}

export interface CommandedWave {
  readonly machineIds: ReadonlySet<string>;
  /** The revision before was taken back before the meter judged it: what it told the machines may be under way. */
  readonly takesBack: boolean;
}

/** Every command and every read-back of a site's machines. Throws PortUnavailableError when the database is away. */
export interface FleetLedger {
  /**
   * Make `revision` the newest unless a newer one is (`newest`): it fences off older ones. Its base is what it was
   * opened with before, else, while the meter has not judged the revision before, the base of that one, for its load
   * may be half moved (`resumed`), else `now`.
   */
  open(siteId: SiteId, revision: number, now: () => Promise<DispatchBase>): Promise<OpenedDispatch>;
  newestRevision(siteId: SiteId): Promise<number | undefined>;
  /** Machines of this wave that are already in the log, so that a retried activity does not command them again. */
  commanded(siteId: SiteId, revision: number, attempt: number): Promise<CommandedWave>;
  /** Rows that the database refuses are stored without what machines wrote; those it still refuses are returned. */
  logCommands(
    siteId: SiteId,
    revision: number,
    attempt: number,
    entries: readonly CommandEntry[],
  ): Promise<readonly UnstoredRow[]>;
  standing(siteId: SiteId, cohortId?: CohortId): Promise<ReadonlyMap<string, MachineStanding>>;
  /**
   * `restored` readings are back at the point they held before: what was remembered for the way back is forgotten.
   * `restPoint` readings hold the point to go back to: it is remembered unless an earlier one is. `onlyUnknown`: what
   * is known of machines that were read before stands. Refused rows as in `logCommands`.
   */
  saveReadings(
    siteId: SiteId,
    cohortId: CohortId,
    revision: number | undefined,
    readings: readonly JudgedReading[],
    onlyUnknown?: boolean,
  ): Promise<readonly UnstoredRow[]>;
  close(
    siteId: SiteId,
    revision: number,
    verdict: ResponseVerdict | "superseded",
    closedAt: Instant,
  ): Promise<readonly Straggler[]>;
  stragglers(siteId: SiteId): Promise<readonly Straggler[]>;
}

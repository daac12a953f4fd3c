import type { PowerSource } from "../model.ts";

export type MinerModel = "S19k Pro" | "S19j Pro" | "S21";

/** One simulated machine. `host` is its own loopback address, e.g. 127.20.0.7. */
export interface SimMinerSpec {
  readonly machineId: string;
  readonly host: string;
  /** Default 4028, the port of the real firmware. */
  readonly port?: number;
  readonly model: MinerModel;
  readonly feederId: string;
  /** Profile held at the start, by name; default the factory point. */
  readonly profile?: string;
  readonly asleep?: boolean;
}

/** A breaker that opens: what is behind it is without power from one market time to another, ms since 1970. */
export type BreakerTrip = { readonly openMs: number; readonly closedMs: number } & (
  { readonly feederId: string } | { readonly machineIds: readonly string[] }
);

/** One line of a model's profile table. */
export interface ProfilePoint {
  readonly name: string;
  /** Steps from the factory point. */
  readonly step: number;
  readonly frequencyMhz: number;
  readonly volts: number;
  readonly ths: number;
  readonly watts: number;
}

/**
 * What can go wrong with one machine.
 * - `lie`: restart commands are acknowledged and do nothing
 * - `sham`: shows itself asleep and keeps drawing full power
 * - `hang`: accepts the connection and never answers
 * - `drop`: closes without a reply, nothing executed
 * - `dropWriteReply`: executes a restart command, closes without a reply
 * - `refuse`: answers STATUS E to restart commands
 * - `sessionHeld`: somebody else holds the write session and keeps it alive
 * - `sessionExpires`: the session ends before the next command that needs it
 * - `slowWake`: a minute of dead time and two of time constant when woken
 * - `deadAtResume`: wakes into nothing: answers, never hashes
 * - `dead`: no power drawn, no answer
 * - `neverClose`: answers and leaves the connection open
 * - `malformed`: answers cut-off JSON
 * - `forgetProfile`: wakes at the factory profile
 * - `garbledText`: refuses restart commands in NUL, half a character and thousands of letters
 * - `heldByAnother`: a write session is held by another, said under a code that no document lists
 * - `strayMode`: runs, and shows a curtail mode that no document lists (`Idle`)
 * - `silentBoard`: the second board says nothing of itself but its number
 * - `poolLost`: no pool answers: awake, it hashes nothing and idles until one does
 */
export type MinerFault =
  | "lie"
  | "sham"
  | "hang"
  | "drop"
  | "dropWriteReply"
  | "refuse"
  | "sessionHeld"
  | "sessionExpires"
  | "slowWake"
  | "deadAtResume"
  | "dead"
  | "neverClose"
  | "malformed"
  | "forgetProfile"
  | "garbledText"
  | "heldByAnother"
  | "strayMode"
  | "silentBoard"
  | "poolLost";

/**
 * Probability of each fault. `lie`, `dropWriteReply`, `refuse`, `slowWake`, `deadAtResume` and `forgetProfile` are
 * drawn anew for each restart command of a machine; the others once a machine, for good.
 */
export type FaultRates = Readonly<Record<MinerFault, number>>;

/** What a command really did. `no-change` is an obeyed command that asked for the state already held. */
export type SimOutcome = "applied" | "no-change" | "ignored" | "dead-at-resume" | "refused" | "bad-session" | "busy";

/** Ground truth of a command that needs or makes a session. `parameter` is without the session id. */
export interface SimCommand {
  readonly atMs: number;
  readonly machineId: string;
  readonly command: string;
  readonly parameter: string;
  readonly outcome: SimOutcome;
  /** False when the reply was withheld. */
  readonly replied: boolean;
}

/** True state of a machine, whatever it says of itself. */
export interface SimMinerState {
  readonly asleep: boolean;
  readonly profile: string;
  readonly trueWatts: number;
  readonly trueThs: number;
  readonly ramping: boolean;
  readonly faults: readonly MinerFault[];
  readonly restartCommands: number;
  readonly sessionId?: string;
}

export interface MinerFleet extends PowerSource {
  readonly machineIds: readonly string[];
  /** Commands that need or make a session, in order of arrival (the order across machines is not fixed). */
  commandLog(): readonly SimCommand[];
  /** @throws Error when no machine has that id. */
  state(machineId: string): SimMinerState;
  /** Put a fault on a machine; with `times` it goes away after that many effects. `dead` acts at once. */
  inject(machineId: string, fault: MinerFault, times?: number): void;
  /** Take one fault, or all, off a machine. A machine that was dead stays without load until it is woken. */
  heal(machineId: string, fault?: MinerFault): void;
  /** Nominal profile table of a machine, lowest first. */
  profiles(machineId: string): readonly ProfilePoint[];
  close(): Promise<void>;
}

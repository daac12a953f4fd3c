import type { SimClock } from "../model.ts";
import type { SimMiner } from "./miner.ts";
import type { BreakerTrip, FaultRates, SimCommand, SimMinerSpec } from "./model.ts";

export interface Listener {
  close(): Promise<void>;
}

/** What a protocol gets to serve machines with. */
export interface SimContext {
  readonly clock: SimClock;
  readonly realAckDelayMs: number;
  /** Notes what a command really did. */
  readonly record: (command: SimCommand) => void;
  readonly log: (message: string) => void;
}

/** Machines that can be spoken to. */
export interface ServedMiners extends Listener {
  /** The session that may write to a machine, where the protocol has such. */
  sessionId?(machineId: string, atMs: number): string | undefined;
}

/** What machines are spoken to in: a firmware's or a controller's protocol over the same physics. */
export type SimProtocol = (miners: readonly SimMiner[], context: SimContext) => Promise<ServedMiners>;

export interface MinerFleetOptions {
  /** Default LuxOS. */
  readonly protocol?: SimProtocol;
  readonly clock: SimClock;
  readonly miners: readonly SimMinerSpec[];
  /** Any integer: fixes individual power, bias, noise and the faults drawn. */
  readonly seed: number;
  readonly faults?: Partial<FaultRates>;
  /** When breakers open and close. Machines behind a closed one boot as they were left: asleep, or into work. */
  readonly breakerTrips?: readonly BreakerTrip[];
  /** Real milliseconds before each reply; default 0 so that paced runs are quick. */
  readonly realAckDelayMs?: number;
  /** Told what the simulator does that nobody asked for on the wire: connection errors. */
  readonly log?: (message: string) => void;
}

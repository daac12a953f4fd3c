import type { FaultRates, MinerFault } from "./model.ts";
import { unitInterval } from "./seeded.ts";

/**
 * Engineering defaults: one restart command in 200 does nothing, three wakes in 1,000 come to nothing, one reply in 500
 * is lost.
 */
export const DEFAULT_FAULT_RATES: FaultRates = {
  lie: 0.005,
  deadAtResume: 0.003,
  dropWriteReply: 0.002,
  sham: 0,
  hang: 0,
  drop: 0,
  refuse: 0,
  sessionHeld: 0,
  sessionExpires: 0,
  slowWake: 0,
  dead: 0,
  neverClose: 0,
  malformed: 0,
  forgetProfile: 0,
  garbledText: 0,
  heldByAnother: 0,
  strayMode: 0,
  silentBoard: 0,
  poolLost: 0,
};

const PER_RESTART_COMMAND: ReadonlySet<MinerFault> = new Set([
  "lie",
  "dropWriteReply",
  "refuse",
  "slowWake",
  "deadAtResume",
  "forgetProfile",
]);

/** The faults of one machine: those put on it by hand and those that the seed gives it. */
export class MachineFaults {
  readonly #seed: number;
  readonly #machineId: string;
  readonly #rates: FaultRates;
  readonly #injected = new Map<MinerFault, number>();

  /** Draws once the faults that a machine has for good. */
  constructor(seed: number, machineId: string, rates: FaultRates) {
    this.#seed = seed;
    this.#machineId = machineId;
    this.#rates = rates;
    for (const fault of Object.keys(rates) as MinerFault[]) {
      if (!PER_RESTART_COMMAND.has(fault) && this.#drawn(fault, 0)) this.#injected.set(fault, Number.POSITIVE_INFINITY);
    }
  }

  inject(fault: MinerFault, times: number): void {
    this.#injected.set(fault, times);
  }

  heal(fault: MinerFault): void {
    this.#injected.delete(fault);
  }

  list(): readonly MinerFault[] {
    return [...this.#injected.keys()].sort();
  }

  has(fault: MinerFault): boolean {
    return this.#injected.has(fault);
  }

  /** True when the fault strikes now; one of its `times` is then used up. */
  strikes(fault: MinerFault): boolean {
    const left = this.#injected.get(fault);
    if (left === undefined) return false;
    if (left <= 1) this.#injected.delete(fault);
    else this.#injected.set(fault, left - 1);
    return true;
  }

  /** The same for a machine's n-th restart command, where the seed may strike too. */
  strikesCommand(fault: MinerFault, restartCommand: number): boolean {
    return this.strikes(fault) || this.#drawn(fault, restartCommand);
  }

  #drawn(fault: MinerFault, count: number): boolean {
    return unitInterval(this.#seed, this.#machineId, fault, count) < this.#rates[fault];
  }
}

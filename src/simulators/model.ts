/** Market time for simulated physics. Milliseconds since 1970; monotone. A paced clock stands while somebody works. */
export interface SimClock {
  nowMs(): number;
}

/**
 * Electricity drawn behind feeders. Analytic in market time: asking twice, or more often, changes nothing.
 * Noise and faults are functions of (seed, machine, time), never of the order of calls.
 */
export interface PowerSource {
  readonly feederIds: readonly string[];
  /** Watts through a feeder at a market time not before the last change. */
  feederWatts(feederId: string, atMs: number): number;
  /** Watt-hours through a feeder since the simulation's start. */
  feederWattHours(feederId: string, atMs: number): number;
}

import type { Instant } from "../domain/units/instant.ts";

/**
 * A second clock, of another party than this process: what dates money or evidence is held against it. Both reject with
 * PortUnavailableError when it cannot be reached.
 */
export interface ClockWitness {
  /** Market time by it; undefined on a paced clock, whose keeper alone says what the time is. */
  now(): Promise<Instant | undefined>;
  /** Real time by it. */
  realNow(): Promise<Instant>;
}

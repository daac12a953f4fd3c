import type { StandingTrip } from "../src/domain/inputs/involuntaryTrip.ts";
import { fallBeyondOrder } from "../src/domain/verification/fallBeyondOrder.ts";
import { fallInSilence } from "../src/domain/verification/fallInSilence.ts";
import { type LoadFall, loadFall, type MeterLook } from "../src/domain/verification/loadFall.ts";

/** The falls of one site's load that no command explains, each told once. */
export class SeenFalls {
  /** A load that is lower than its dispatch ordered stays so, look after look. */
  #beyond: LoadFall | undefined;

  /**
   * The fall that the newest of some looks, ascending, shows: of at least `leastFallKw`, kW. Trips that stand may have
   * been told by a watch before this one.
   */
  next(looks: readonly MeterLook[], leastFallKw: number, trips: readonly StandingTrip[] = []): LoadFall | undefined {
    const seen = loadFall(looks, leastFallKw) ?? fallInSilence(looks, leastFallKw);
    if (seen !== undefined) return seen;
    const beyond = fallBeyondOrder(looks, leastFallKw);
    if (beyond === undefined) return undefined;
    const told = this.#beyond;
    if (told?.fellAfter === beyond.fellAfter && told.toKw - beyond.toKw < leastFallKw) return undefined;
    this.#beyond = beyond;
    const stands = trips.some(({ at, toKw }) => at > beyond.fellAfter && toKw - beyond.toKw < leastFallKw);
    return stands ? undefined : beyond;
  }
}

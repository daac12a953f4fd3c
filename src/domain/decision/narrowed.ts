import { isInForce } from "./band.ts";
import type { Band } from "./band.ts";
import type { CohortFrame } from "./frame.ts";
import type { Room } from "./ladder.ts";
import type { Reason } from "./model.ts";
import { Narrowing } from "./narrowing.ts";

/** How far down a rule takes each cohort, and what it is of a cohort's that it does not let come on. */
export interface Taking {
  readonly band: Band;
  /** Positions, one a frame: what is above, down from where a higher rule has taken it, is this rule's. */
  readonly positions: readonly number[];
}

/** What the bands of all rules leave to the price. */
export interface Narrowed {
  readonly room: Room;
  /** By precedence. */
  readonly takings: readonly Taking[];
  /** Floors by precedence, with the positions that they ask of the cohorts that they name. */
  readonly floors: readonly Taking[];
  /** The bound that each cohort cannot move from, undefined where it is free. */
  readonly pinnedBy: readonly (Band | undefined)[];
  /** Bands that do not hold as asked, with the rule that stands against them. */
  readonly against: ReadonlyMap<Band, Reason | undefined>;
}

/**
 * Intersects the bands that are in force, highest precedence first: each narrows what the higher ones leave, as far as
 * that can be, so the room is never empty and no lower rule breaks a higher one. A floor with a price gives way above
 * it. `expected`: $/MWh, undefined where no price is known. What is not `commanded` stays where it is.
 */
export function narrow(
  frames: readonly CohortFrame[],
  constantKw: number,
  bands: readonly Band[],
  { asOf, expected }: { readonly asOf: Band["from"]; readonly expected?: number },
  commanded?: readonly boolean[],
): Narrowed {
  const room = new Narrowing(frames, constantKw, commanded);
  for (const band of bands) {
    if (!isInForce(band, asOf)) continue;
    if (expected !== undefined && band.breakAtUsdPerMwh !== undefined && expected > band.breakAtUsdPerMwh)
      room.against.set(band, "economic");
    else room.take(band);
  }
  return room.narrowed();
}

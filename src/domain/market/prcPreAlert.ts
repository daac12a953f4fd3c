import { secondsBetween, type Instant } from "../units/instant.ts";
import type { GridReport, GridPreAlert } from "./model.ts";

/** A pre-alert of a site's own: PRC below a figure, in MW, and falling faster than another, in MW a minute. */
export interface PrcFall {
  readonly belowMw: number;
  readonly fallingMwPerMinute: number;
}

/** What is remembered between polls of the physical responsive capability. Plain JSON. */
export interface PrcState {
  /** The pre-alert that stands. */
  readonly preAlert?: GridPreAlert;
  /** The newest poll was on the other side of the threshold: the next one confirms it or takes it back. */
  readonly isTurning?: true;
  readonly lastObservedAt?: Instant;
  /** PRC of that poll where a fall is watched, MW; absent where it had none. */
  readonly lastPrcMw?: number;
}

/**
 * Pre-alert by ERCOT's physical responsive capability (PRC), Ballast's own rule: it begins at the second of two
 * consecutive polls below `belowMw`, the PRC in MW under which a Watch is due, or below the figure of `fall` and
 * falling faster than that says; it ends at the second of two that are below neither: one that falls no more is low
 * still. A poll that is not `isFresh`, or no newer than the last one, does not count; one without a PRC changes nothing
 * and breaks the row. Where no threshold is in force there is none. It is no grid level: EEA levels are declared by
 * ERCOT.
 */
export function foldPrcPreAlert(
  state: PrcState,
  { prcMw, observedAt }: GridReport,
  belowMw: number | undefined,
  isFresh: boolean,
  fall?: PrcFall,
): PrcState {
  if (belowMw === undefined && fall === undefined) return {};
  if (!isFresh || (state.lastObservedAt !== undefined && observedAt <= state.lastObservedAt)) return state;
  const { preAlert } = state;
  const seen = {
    lastObservedAt: observedAt,
    ...(fall === undefined || prcMw === undefined ? {} : { lastPrcMw: prcMw }),
  };
  const standing: PrcState = { ...(preAlert === undefined ? {} : { preAlert }), ...seen };
  if (prcMw === undefined) return standing;
  const isDue = belowMw !== undefined && prcMw < belowMw;
  const isUnder = fall !== undefined && prcMw < fall.belowMw;
  const fellMwPerMinute = fallOf(state, prcMw, observedAt);
  const isFalling = isUnder && fellMwPerMinute !== undefined && fellMwPerMinute > fall.fallingMwPerMinute;
  const isLow = isDue || (preAlert?.fallingMwPerMinute === undefined ? isFalling : isUnder);
  if (isLow === (preAlert !== undefined)) return standing;
  if (state.isTurning !== true) return { ...standing, isTurning: true };
  if (!isLow) return seen;
  const confirmed: GridPreAlert = isDue
    ? { prcMw, belowMw, observedAt }
    : { prcMw, belowMw: (fall as PrcFall).belowMw, fallingMwPerMinute: fellMwPerMinute as number, observedAt };
  return { preAlert: confirmed, ...seen };
}

/** How fast PRC fell since the poll before, MW a minute; undefined where that had none. */
function fallOf({ lastPrcMw, lastObservedAt }: PrcState, prcMw: number, observedAt: Instant): number | undefined {
  if (lastPrcMw === undefined || lastObservedAt === undefined) return undefined;
  return ((lastPrcMw - prcMw) * 60) / secondsBetween(lastObservedAt, observedAt);
}

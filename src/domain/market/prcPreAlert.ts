import type { Instant } from "../units/instant.ts";
import type { GridReport, GridPreAlert } from "./model.ts";

/** What is remembered between polls of the physical responsive capability. Plain JSON. */
export interface PrcState {
  /** The pre-alert that stands. */
  readonly preAlert?: GridPreAlert;
  /** The newest poll was on the other side of the threshold: the next one confirms it or takes it back. */
  readonly isTurning?: true;
  readonly lastObservedAt?: Instant;
}

/**
 * Pre-alert by ERCOT's physical responsive capability (PRC), Ballast's own rule: it begins at the second of two
 * consecutive polls below `belowMw`, the PRC in MW under which a Watch is due, and ends at the second of two that are
 * not. A poll that is not `isFresh`, or no newer than the last one, does not count; one without a PRC changes nothing
 * and breaks the row. Where no threshold is in force there is none. It is no grid level: EEA levels are declared by
 * ERCOT.
 */
export function foldPrcPreAlert(
  state: PrcState,
  { prcMw, observedAt }: GridReport,
  belowMw: number | undefined,
  isFresh: boolean,
): PrcState {
  if (belowMw === undefined) return {};
  if (!isFresh || (state.lastObservedAt !== undefined && observedAt <= state.lastObservedAt)) return state;
  const { preAlert } = state;
  const standing: PrcState = { ...(preAlert === undefined ? {} : { preAlert }), lastObservedAt: observedAt };
  const isBelow = prcMw !== undefined && prcMw < belowMw;
  if (prcMw === undefined || isBelow === (preAlert !== undefined)) return standing;
  if (state.isTurning !== true) return { ...standing, isTurning: true };
  const confirmed = isBelow ? { preAlert: { prcMw, belowMw, observedAt } } : {};
  return { ...confirmed, lastObservedAt: observedAt };
}

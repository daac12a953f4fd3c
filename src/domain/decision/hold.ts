import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortPlan, CohortState } from "./model.ts";

/**
 * Until when a hold time keeps a cohort from a price-driven move, undefined when it may move at `asOf`. Going up waits
 * for the minimum off time, going down for the minimum on time, both from the cohort's last change; a move on in the
 * direction of that change is free (deeper into curtailment, or further up). Only economic moves ask: obligations go
 * down at once.
 */
export function holdUntil(
  cohort: CohortPlan,
  state: CohortState,
  currentIndex: number,
  wishIndex: number,
  asOf: Instant,
): Instant | undefined {
  if (state.since === undefined || wishIndex === currentIndex) return undefined;
  const up = wishIndex > currentIndex;
  const leftIndex = cohort.modes.findIndex((mode) => mode.modeId === state.leftModeId);
  const continues = leftIndex !== -1 && (up ? leftIndex < currentIndex : leftIndex > currentIndex);
  if (continues) return undefined;
  const until = addSeconds(state.since, (up ? cohort.minOffMinutes : cohort.minOnMinutes) * 60);
  return until > asOf ? until : undefined;
}

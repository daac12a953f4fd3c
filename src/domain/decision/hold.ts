import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortPlan } from "./model.ts";
import type { CohortFrame } from "./frame.ts";
import type { CohortStateOf } from "./inputModel.ts";
import { fittedSplit, positionOf } from "./split.ts";

/**
 * Until when a hold time keeps a cohort from a price-driven move to a position, undefined when it may move at `asOf`.
 * Going up waits for the minimum off time, going down for the minimum on time, both from the cohort's last change; a
 * move on in the direction of that change is free (deeper into curtailment, or further up), unless that change turned
 * back a part of a cohort that was held. Only economic moves ask:
 * obligations go down at once.
 */
export function holdUntil(frame: CohortFrame, wishPosition: number, asOf: Instant): Instant | undefined {
  const { cohort, state, current } = frame;
  if (state.since === undefined || wishPosition === current) return undefined;
  const up = wishPosition > current;
  const told = toldPositions(cohort, state);
  const continues = told !== undefined && (up ? told.left < told.at : told.left > told.at);
  const from = continues ? state.turnedFrom : state.since;
  if (from === undefined) return undefined;
  const until = addSeconds(from, holdSeconds(cohort, up));
  return until > asOf ? until : undefined;
}

/** How long a cohort waits for a price-driven move after one the other way, s. */
export function holdSeconds({ minOffMinutes, minOnMinutes }: CohortPlan, up: boolean): number {
  return (up ? minOffMinutes : minOnMinutes) * 60;
}

/**
 * Where the plan's machines of a cohort are told to be, and where its last move began; undefined before the first, and
 * where the plan lacks the mode.
 */
export function toldPositions(
  cohort: CohortPlan,
  { split, leftSplit }: Pick<CohortStateOf, "split" | "leftSplit">,
): { readonly at: number; readonly left: number } | undefined {
  const left = leftSplit === undefined ? [] : fittedSplit(leftSplit, cohort.machines);
  if (left.length === 0 || !left.every(({ modeId }) => cohort.modes.some((mode) => mode.modeId === modeId)))
    return undefined;
  return { at: positionOf(cohort, fittedSplit(split, cohort.machines)), left: positionOf(cohort, left) };
}

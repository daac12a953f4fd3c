import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { Draft } from "./draft.ts";
import type { CohortState, MoveOnOneRun } from "./model.ts";
import { splitAt } from "./split.ts";

/** SCED runs follow each other within this: then a second run has spoken, or will not soon. */
export const LIMIT_SECONDS = 330;

/** A cohort's moves on one run that are too recent for another one to have spoken for certain. */
export function restingAt({ onOneRun }: Pick<CohortState, "onOneRun">, asOf: Instant): readonly MoveOnOneRun[] {
  return (onOneRun ?? []).filter(({ at }) => addSeconds(at, LIMIT_SECONDS) > asOf);
}

/**
 * What of a cohort rests on one SCED run after a decision that puts it at `position`: earlier moves, and the way that
 * the price takes now. Without a price nothing can be confirmed, and earlier moves stay for their time.
 */
export function onOneRunAfter({ frame, onOneRun }: Draft, position: number, asOf: Instant): readonly MoveOnOneRun[] {
  if (onOneRun === undefined) return restingAt(frame.state, asOf);
  const { before, from, to } = onOneRun;
  const end = to < from ? Math.max(to, position) : Math.min(to, position);
  if (to < from ? end >= from : end <= from) return before;
  const at = (where: number): MoveOnOneRun["from"] => splitAt(frame.cohort, frame.able, where);
  return [...before, { at: asOf, from: at(from), to: at(end) }];
}

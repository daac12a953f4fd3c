import type { CohortDecision, CohortPlan } from "../decision/model.ts";
import { fittedSplit, wholeSplit } from "../decision/split.ts";
import type { Split } from "../decision/split.ts";
import { belowNormal } from "./belowNormal.ts";

/**
 * What the machines that count as able to run are held at: no more of them run than are able to, the others are those
 * that may be off as ordered.
 */
export function countedSplit(
  cohort: CohortPlan,
  held: Split,
  { ableMachines }: Pick<CohortDecision, "ableMachines">,
  ableToRun: number,
): Split {
  if (ableToRun === 0) return [];
  const [lower, upper] = held;
  if (lower === undefined || upper === undefined || belowNormal(cohort, [upper]) > 0)
    return fittedSplit(held, ableToRun);
  const running = Math.min(upper.machines, ableMachines, ableToRun);
  return [...wholeSplit(lower.modeId, ableToRun - running), ...wholeSplit(upper.modeId, running)];
}

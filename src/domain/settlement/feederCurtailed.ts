import { kwAt, positionAtLeast } from "../decision/frame.ts";
import type { CohortDecision, CohortPlan, SitePlan } from "../decision/model.ts";
import { machinesOf, modeIndex, positionOf, splitAt } from "../decision/split.ts";
import type { Split } from "../decision/split.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import { feederPowerW } from "./feederPowerW.ts";
import type { ChangedCohort } from "./timelineModel.ts";

/** What of a cohort's machines a decision gives to which rule. */
type Attributed = Pick<CohortDecision, "ableMachines" | "curtailed" | "reason">;

/** A decision's kW are sums of floats: the machine that they stand for is found within this. */
const ROUNDING_KW = 1e-6;

/**
 * What of a cohort's commanded split lies below normal, W at its client's feeder, by the rule that the decision gives
 * it to. The decision counts its able machines at the site meter, money the machines that were able to run at the
 * feeder: from normal downwards each rule keeps its machines, and what fewer or more machines change is the last one's.
 */
export function feederCurtailed(
  plan: SitePlan,
  cohort: CohortPlan,
  decision: Attributed,
  split: Split,
): CohortChange["curtailed"] {
  const able = machinesOf(split);
  const normalIndex = modeIndex(cohort, cohort.normalModeId);
  const end = positionOf(cohort, split);
  const parts: { reason: CohortDecision["reason"]; belowNormalW: number }[] = [];
  let from = normalIndex * able;
  for (const [i, { reason, steps }] of stepsOf(plan, cohort, decision, normalIndex).entries()) {
    const isLast = i === decision.curtailed.length - 1;
    const to = isLast ? end : Math.max(end, from - steps);
    if (to < from) parts.push({ reason, belowNormalW: feederW(plan, cohort, able, to, from) });
    from = Math.min(from, to);
  }
  if (end < from) parts.push({ reason: decision.reason, belowNormalW: feederW(plan, cohort, able, end, from) });
  return parts;
}

/**
 * Which rule each part of a cohort below normal belongs to, `ableToRun` machines counted: where none is able, what the
 * rules would have them all do; where only machines that are not able are down, the rule whose they were.
 */
export function attributedOf(
  { decision, before }: Pick<ChangedCohort, "decision" | "before">,
  ableToRun: number,
): Attributed {
  const { ifAble, ableMachines, curtailed } = decision;
  if (ifAble !== undefined) return { ...ifAble, ableMachines: machinesOf(ifAble.split) };
  const last = before?.curtailed.at(-1);
  const areSilent = curtailed.length === 0 && ableToRun > ableMachines && last !== undefined;
  return areSilent ? { ableMachines, curtailed, reason: last.reason } : decision;
}

/** The machine steps of each attributed part of a decision, from normal downwards. */
function stepsOf(
  { pue }: SitePlan,
  cohort: CohortPlan,
  { ableMachines: able, curtailed }: Attributed,
  normalIndex: number,
): { reason: CohortDecision["reason"]; steps: number }[] {
  const cohortAt = { cohort, able, pue, top: (cohort.modes.length - 1) * able };
  const normal = normalIndex * able;
  let kw = kwAt(cohortAt, normal);
  let from = normal;
  return curtailed.map((part) => {
    kw -= part.kw;
    const to = positionAtLeast(cohortAt, kw - ROUNDING_KW);
    const steps = from - to;
    from = to;
    return { reason: part.reason, steps };
  });
}

/** W between two positions at the feeder; whole machines, whole W each. */
function feederW(plan: SitePlan, cohort: CohortPlan, able: number, from: number, to: number): number {
  const watts = (position: number): number =>
    splitAt(cohort, able, position).reduce(
      (sum, { modeId, machines }) => sum + machines * feederPowerW(plan, cohort, modeId),
      0,
    );
  return watts(to) - watts(from);
}

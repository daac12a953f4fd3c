import { commandedSplit } from "../decision/commandedSplit.ts";
import { isCommanded } from "../decision/isCommanded.ts";
import type { CohortDecision, CohortPlan, DecisionRecord, SitePlan } from "../decision/model.ts";
import { fittedSplit, positionOf } from "../decision/split.ts";
import type { Split } from "../decision/split.ts";

/**
 * What holds all of a cohort's machines where they are after a decision, able to run or not: what they are commanded
 * to. Where none is able to run no command reaches them: then it holds as far as the rules still ask for it.
 * @throws UnitError for a mode that the plan lacks.
 */
export function heldSplit(
  plan: SitePlan,
  cohort: CohortPlan,
  record: DecisionRecord,
  decision: Pick<CohortDecision, "cohortId" | "fromSplit" | "ifAble">,
): Split {
  const commanded = fittedSplit(commandedSplit(record, decision), cohort.machines);
  const { ifAble } = decision;
  if (ifAble === undefined || !isCommanded(plan, cohort, record.input.facts.frozenCohorts)) return commanded;
  const asked = fittedSplit(ifAble.split, cohort.machines);
  return positionOf(cohort, asked) > positionOf(cohort, commanded) ? asked : commanded;
}

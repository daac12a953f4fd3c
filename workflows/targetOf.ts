import type { DecisionRecord } from "../src/domain/decision/model.ts";
import type { DispatchPlan } from "../src/domain/dispatch/model.ts";
import { planDispatch } from "../src/domain/dispatch/plan.ts";
import type { RunSiteInput } from "./contracts.ts";

/**
 * What a record tells the fleet to do. @throws DispatchPlanError when it commands nothing, or names what the
 * site's plan lacks
 */
export function targetOf(
  { plan, dispatch: { batchSize, deadlineSeconds } }: RunSiteInput,
  record: DecisionRecord,
  unconfirmed: boolean,
): DispatchPlan {
  return planDispatch({ plan, record, batchSize, deadlineSeconds, unconfirmed });
}

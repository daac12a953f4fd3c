import { gridCondition } from "../inputs/gridCondition.ts";
import { hashprice } from "../inputs/hashprice.ts";
import { scedLmp } from "../inputs/scedLmp.ts";
import { isFactSilent, type SilentFact, silentFacts } from "../inputs/silentFacts.ts";
import type { DecisionInputOf as DecisionInput } from "./inputModel.ts";
import type { SilenceAction, SitePlan } from "./planModel.ts";

/** A silent fact, and what the site does about it. */
export interface Silence extends SilentFact {
  readonly action: SilenceAction;
}

/** The facts that are silent as a decision sees them, each with the site's `onSilence` action. */
export function silences(plan: SitePlan, input: DecisionInput): Silence[] {
  return silentFacts(input.facts, { ...input, site: plan }).map((one) => ({
    ...one,
    action: plan.onSilence[one.rule.policy],
  }));
}

/** Whether the expected price may not be used. */
export function priceIsSilent(plan: SitePlan, input: DecisionInput): boolean {
  return isFactSilent(scedLmp.kind, input.facts, { ...input, site: plan });
}

/** Whether the hashprice may not be used. */
export function hashpriceIsSilent(plan: SitePlan, input: DecisionInput): boolean {
  return isFactSilent(hashprice.kind, input.facts, { ...input, site: plan });
}

/** Whether the site carries on without the level of the grid. */
export function isWithoutGrid(silent: readonly Silence[]): boolean {
  return silent.some(({ kind, action }) => kind === gridCondition.kind && action === "run");
}

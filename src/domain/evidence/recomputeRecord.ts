import { absorb } from "../decision/absorb.ts";
import { decide } from "../decision/decide.ts";
import type { SiteInput } from "../inputs/facts.ts";
import type { DecisionRecord, SitePlan } from "../decision/model.ts";
import { nextRecord } from "../decision/nextRecord.ts";
import { decisionInput } from "../decision/siteState.ts";
import type { SiteState } from "../decision/siteStateModel.ts";

/**
 * The record that a site's rules make of its state and the inputs taken up since the last one: the same functions as
 * the workflow's, without the workflow. Compare it with the recorded one, bit for bit.
 * @param inputs what arrived, in the order in which the record names them
 * @param asOf market time of the decision
 */
export function recomputeRecord(site: {
  readonly plan: SitePlan;
  readonly planHash: string;
  readonly ruleSet: string;
  readonly state: SiteState;
  readonly inputs: readonly SiteInput[];
  readonly asOf: DecisionRecord["input"]["asOf"];
}): { readonly record: DecisionRecord; readonly state: SiteState } {
  const { plan, planHash, ruleSet, inputs, asOf } = site;
  const state = absorbAll(plan, site.state, inputs);
  const input = decisionInput(plan, state, asOf);
  const output = decide(plan, input);
  return { record: nextRecord({ plan, planHash, ruleSet, state, input, output }), state };
}

/** State after inputs that led to no record. */
export function absorbAll(plan: SitePlan, state: SiteState, inputs: readonly SiteInput[]): SiteState {
  return inputs.reduce((before, input) => absorb(plan, before, input).state, state);
}

import { demandText } from "../../inputs/demand.ts";
import type { RuleSite } from "../band.ts";
import type { GridInstruction } from "../../inputs/gridInstruction.ts";
import { demandBounds } from "./demandBounds.ts";
import { noRestart } from "./exactly.ts";
import type { Bound } from "../band.ts";
import type { Rule } from "./rule.ts";

/**
 * Instructions of the QSE, the TDSP or ERCOT, from `from` until their end or recall; what they took down does not come
 * on before `restoreNotBefore`.
 */
export const instruction = {
  reason: "instruction",
  settlement: "GRID_RULE",
  slaExclusion: "GRID_RULE",
  bands: (site) => site.input.facts.instructions.flatMap((one) => [...demanded(site, one), ...restoring(site, one)]),
  waitsFor: () => "It waits until the instruction ends or is recalled.",
} as const satisfies Rule;

function demanded(site: RuleSite, one: GridInstruction): Bound[] {
  const product = one.product === undefined ? "" : ` (${one.product})`;
  const asked = one.demand === undefined ? "" : demandText(one.demand);
  const why = `instruction ${one.instructionId} of ${one.issuer}${product}${asked === "" ? "" : ` to curtail${asked}`}`;
  const { from, until } = one;
  return demandBounds(site, one.demand, one.cohortIds).map((bound) => ({ ...bound, from, until, why }));
}

function restoring(
  { frames }: RuleSite,
  { instructionId, cohortIds, until, restoreNotBefore }: GridInstruction,
): Bound[] {
  if (until === undefined || restoreNotBefore === undefined || restoreNotBefore <= until) return [];
  const why = `instruction ${instructionId} allows no restart yet`;
  return frames
    .filter(({ cohort }) => cohortIds?.includes(cohort.cohortId) ?? true)
    .map((frame) => ({ ...noRestart(frame), from: until, until: restoreNotBefore, why }));
}

import { demandText } from "../../inputs/demand.ts";
import type { GridInstruction } from "../../inputs/gridInstruction.ts";
import type { Bound, RuleSite } from "../band.ts";
import { demandBounds } from "./demandBounds.ts";
import { noRestart } from "./exactly.ts";

/** What an instruction demands from `from` until its end or recall, and that nothing comes on too soon after it. */
export function instructionBounds(site: RuleSite, one: GridInstruction): Bound[] {
  return [...demanded(site, one), ...restoring(site, one)];
}

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

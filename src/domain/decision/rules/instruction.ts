import { isDeployment } from "../reserveOwed.ts";
import { instructionBounds } from "./instructionBounds.ts";
import type { Rule } from "./rule.ts";

/**
 * Instructions of the QSE, the TDSP or ERCOT, from `from` until their end or recall; what they took down does not come
 * on before `restoreNotBefore`. One that deploys reserve which the site sells has a rule of its own.
 */
export const instruction = {
  reason: "instruction",
  settlement: "GRID_RULE",
  slaExclusion: "GRID_RULE",
  bands: (site) =>
    site.input.facts.instructions
      .filter((one) => !isDeployment(site.plan, one))
      .flatMap((one) => instructionBounds(site, one)),
  waitsFor: () => "It waits until the instruction ends or is recalled.",
} as const satisfies Rule;

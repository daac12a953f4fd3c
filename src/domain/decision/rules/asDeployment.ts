import { isDeployment } from "../reserveOwed.ts";
import { instructionBounds } from "./instructionBounds.ts";
import type { Rule } from "./rule.ts";

/**
 * Instructions that deploy reserve which the site sells, by their product: the megawatts that were kept on for it go
 * off, until they are recalled. They bound as other instructions do, and are booked as what was sold.
 */
export const asDeployment = {
  reason: "as-deployment",
  settlement: "AS_DEPLOYMENT",
  slaExclusion: "AS_DEPLOYMENT",
  bands: (site) =>
    site.input.facts.instructions
      .filter((one) => isDeployment(site.plan, one))
      .flatMap((one) => instructionBounds(site, one)),
  waitsFor: () => "It waits until the deployment ends or is recalled.",
} as const satisfies Rule;

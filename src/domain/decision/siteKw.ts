import { kwAt } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { SitePlan } from "./planModel.ts";

/** Load of a site that is no machine's and is never curtailed for money, kW at the site meter. */
export function constantKw({ firmKw, houseKw }: Pick<SitePlan, "firmKw" | "houseKw">): number {
  return [firmKw, houseKw].reduce<number>((sum, kw) => (kw === undefined ? sum : sum + kw), 0);
}

/** kW of a site at its meter with its cohorts at these positions, one a frame. */
export function siteKw(
  plan: Pick<SitePlan, "firmKw" | "houseKw">,
  frames: readonly CohortFrame[],
  positions: readonly number[],
): number {
  return frames.reduce((kw, frame, i) => kw + kwAt(frame, positions[i] as number), constantKw(plan));
}

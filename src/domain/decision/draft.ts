import type { Instant } from "../units/instant.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { CohortFrame } from "./frame.ts";
import { holdUntil } from "./hold.ts";
import type { DecisionInput, ModeComparison, MoveOnOneRun, SitePlan } from "./model.ts";
import { policyOf } from "./policies/index.ts";
import type { Silence } from "./silence.ts";

/** What the price alone does with one cohort, before the bands of the rules. */
export interface Draft {
  readonly frame: CohortFrame;
  readonly comparisons: readonly ModeComparison[];
  /** What the price asks for; undefined without a price or hashprice. */
  readonly wish?: number;
  /** Where the cohort goes for it now: the wish, or what a hold or the single-source limit leaves of it. */
  readonly goes?: number;
  readonly heldUntil?: Instant;
  readonly heldBy?: "minimum-time" | "first-run" | "single-source";
  /** Earlier moves that still rest on one run, and what of the way now does, in positions. */
  readonly onOneRun?: { readonly before: readonly MoveOnOneRun[]; readonly from: number; readonly to: number };
}

/** What the site can see of the market now; undefined is silent. */
export interface Seen {
  readonly price?: ExpectedIntervalPrice;
  readonly usdPerPhDay?: number;
  /** Until when cohorts with minimum times wait for the interval's first SCED run. */
  readonly firstRunDue?: Instant;
  readonly silent: readonly Silence[];
}

/** Where the price wants a cohort, by the site's policy, its hold times and the wait for the interval's first run. */
export function draftCohort(plan: SitePlan, frame: CohortFrame, input: DecisionInput, seen: Seen): Draft {
  const { price, usdPerPhDay } = seen;
  if (price === undefined || usdPerPhDay === undefined) return { frame, comparisons: [] };
  const policy = policyOf(plan.economic.kind);
  const usdPerMwh = price.expectedUsdPerMwh + plan.avoidableAddersUsdPerMwh;
  const comparisons = policy
    .comparisons(plan, frame, usdPerPhDay)
    .map((pair) => ({ ...pair, costUsdPerH: pair.deltaMw * usdPerMwh }));
  const wish = policy.wish(comparisons, frame.able, frame.current, price.expectedUsdPerMwh);
  const held = hold(frame, wish, input.asOf, seen.firstRunDue);
  return { frame, comparisons, wish, goes: held === undefined ? wish : frame.current, ...held };
}

/** What keeps a price-driven move back the longest, undefined when nothing does. */
function hold(
  frame: CohortFrame,
  wish: number,
  asOf: Instant,
  firstRunDue: Instant | undefined,
): Required<Pick<Draft, "heldUntil" | "heldBy">> | undefined {
  if (wish === frame.current) return undefined;
  const minimum = holdUntil(frame, wish, asOf);
  // without minimum times a wrong move is undone by the next price
  const firstRun = frame.cohort.minOffMinutes === 0 && frame.cohort.minOnMinutes === 0 ? undefined : firstRunDue;
  if (firstRun !== undefined && (minimum === undefined || minimum < firstRun))
    return { heldUntil: firstRun, heldBy: "first-run" };
  return minimum === undefined ? undefined : { heldUntil: minimum, heldBy: "minimum-time" };
}

import { UnitError } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { Claim } from "./claim.ts";
import { economicMode } from "./economic.ts";
import { eeaClaim } from "./eea.ts";
import { firstRunDue } from "./firstRun.ts";
import { holdUntil } from "./hold.ts";
import { instructionClaim } from "./instructions.ts";
import { isCommanded } from "./isCommanded.ts";
import { modeStrikes } from "./modeStrikes.ts";
import type { CohortPlan, CohortState, DecisionInput, ModeComparison, Reason, SitePlan } from "./model.ts";
import { orderClaim } from "./orders.ts";
import { preAlertClaim } from "./preAlert.ts";
import { rule } from "./precedence.ts";
import { silenceClaims } from "./silence.ts";
import type { Silence } from "./silence.ts";

/** One cohort's decision before the single-source cap and the wording. Modes as indexes, 0 = off. */
export interface Draft {
  readonly cohort: CohortPlan;
  readonly state: CohortState;
  /** Whether Ballast may command it: site and cohort `act`, not locked out. */
  readonly commanded: boolean;
  readonly currentIndex: number;
  readonly normalIndex: number;
  readonly index: number;
  readonly claim: Claim;
  readonly alsoApplicable: readonly Reason[];
  readonly comparisons: readonly ModeComparison[];
  readonly wishIndex?: number;
  /** Until when a price-driven move waits, and for what. */
  readonly heldUntil?: Instant;
  readonly heldBy?: "minimum-time" | "first-run";
}

/** What the site can see of the market now; undefined is silent. */
export interface Seen {
  readonly price?: ExpectedIntervalPrice;
  readonly usdPerPhDay?: number;
  readonly silent: readonly Silence[];
}

/**
 * Decides one cohort from the frozen input. @throws UnitError when the state and the plan do not name the same cohorts
 * and modes.
 */
export function draftCohort(plan: SitePlan, cohort: CohortPlan, input: DecisionInput, seen: Seen): Draft {
  const state = input.cohorts.find((one) => one.cohortId === cohort.cohortId);
  if (state === undefined) throw new UnitError(`decision: no state for cohort ${cohort.cohortId}`);
  const currentIndex = modeIndex(cohort, state.modeId);
  const normalIndex = modeIndex(cohort, cohort.normalModeId);
  const comparisons = compareModes(plan, cohort, seen);
  const expected = seen.price?.expectedUsdPerMwh;
  const wishIndex =
    comparisons === undefined || expected === undefined ? undefined : economicMode(comparisons, currentIndex, expected);
  const held = wishIndex === undefined ? undefined : hold(cohort, state, currentIndex, wishIndex, input);
  const claims = [
    cohort.lockedOut ? exactly("lock-out", currentIndex, "under lock-out, no command is sent") : undefined,
    instructionClaim(input.instructions, cohort.cohortId, input.asOf),
    eeaClaim(
      plan.onEea,
      input.grid,
      currentIndex,
      seen.silent.some((one) => one.feed === "grid-condition" && one.action === "run"),
    ),
    orderClaim(input.orders, cohort.cohortId, normalIndex, input.asOf),
    preAlertClaim(plan.onPrcPreAlert, input, currentIndex),
    ...silenceClaims(seen.silent, currentIndex, normalIndex),
    wishIndex === undefined ? undefined : exactly("economic", held === undefined ? wishIndex : currentIndex, "price"),
  ].filter((claim) => claim !== undefined);
  const ruling = rule(claims, normalIndex);
  if (ruling === undefined)
    throw new UnitError(`decision: no rule settles cohort ${cohort.cohortId}, a missing price must count as silence`);
  return {
    cohort,
    state,
    currentIndex,
    normalIndex,
    wishIndex,
    comparisons: comparisons ?? [],
    commanded: isCommanded(plan, cohort, input.frozenCohorts),
    index: ruling.index,
    claim: ruling.claim,
    alsoApplicable: ruling.alsoApplicable,
    ...(ruling.claim.reason === "economic" ? held : undefined),
  };
}

/** Position of a mode in a cohort's list. @throws UnitError when the plan has no such mode. */
export function modeIndex(cohort: CohortPlan, modeId: string): number {
  const index = cohort.modes.findIndex((mode) => mode.modeId === modeId);
  if (index !== -1) return index;
  throw new UnitError(
    `cohort ${cohort.cohortId}: no mode "${modeId}", expected one of ` +
      `${cohort.modes.map((mode) => mode.modeId).join(", ")}`,
  );
}

function compareModes(plan: SitePlan, cohort: CohortPlan, { price, usdPerPhDay }: Seen): ModeComparison[] | undefined {
  if (price === undefined || usdPerPhDay === undefined) return undefined;
  const usdPerMwh = price.expectedUsdPerMwh + plan.avoidableAddersUsdPerMwh;
  return modeStrikes(cohort, usdPerPhDay, plan).map((pair) => ({ ...pair, costUsdPerH: pair.deltaMw * usdPerMwh }));
}

function exactly(reason: Reason, index: number, why: string): Claim {
  return { reason, bound: "exactly", index, why };
}

/** What keeps a price-driven move back the longest, undefined when nothing does. */
function hold(
  cohort: CohortPlan,
  state: CohortState,
  currentIndex: number,
  wishIndex: number,
  input: DecisionInput,
): Required<Pick<Draft, "heldUntil" | "heldBy">> | undefined {
  if (wishIndex === currentIndex) return undefined;
  const minimum = holdUntil(cohort, state, currentIndex, wishIndex, input.asOf);
  const firstRun = firstRunDue(cohort, input);
  if (firstRun !== undefined && (minimum === undefined || minimum < firstRun))
    return { heldUntil: firstRun, heldBy: "first-run" };
  return minimum === undefined ? undefined : { heldUntil: minimum, heldBy: "minimum-time" };
}

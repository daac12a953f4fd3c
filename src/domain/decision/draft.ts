import { UnitError } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { Claim } from "./claim.ts";
import { economicMode } from "./economic.ts";
import { eeaClaim } from "./eea.ts";
import { holdUntil } from "./hold.ts";
import { instructionClaim } from "./instructions.ts";
import { isCommanded } from "./isCommanded.ts";
import { modeStrikes } from "./modeStrikes.ts";
import type { CohortPlan, CohortState, DecisionInput, ModeComparison, Reason, SitePlan } from "./model.ts";
import { orderClaim } from "./orders.ts";
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
  readonly heldUntil?: Instant;
  /** Size of the move asked for now and of the last one, MW incl. PUE, at nameplate. */
  readonly moveMw: number;
  readonly lastMoveMw: number;
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
  const heldUntil = wishIndex === undefined ? undefined : holdUntil(cohort, state, currentIndex, wishIndex, input.asOf);
  const claims = [
    cohort.lockedOut ? exactly("lock-out", currentIndex, "under lock-out, no command is sent") : undefined,
    instructionClaim(input.instructions, cohort.cohortId, input.asOf),
    eeaClaim(plan.onEea, input.grid, currentIndex),
    orderClaim(input.orders, cohort.cohortId, normalIndex, input.asOf),
    ...silenceClaims(seen.silent, currentIndex, normalIndex),
    wishIndex === undefined
      ? undefined
      : exactly("economic", heldUntil === undefined ? wishIndex : currentIndex, "price"),
  ].filter((claim) => claim !== undefined);
  const ruling = rule(claims, normalIndex);
  if (ruling === undefined)
    throw new UnitError(`decision: no rule settles cohort ${cohort.cohortId}, a missing price must count as silence`);
  const mw = (from: number, to: number): number => (sizeW(cohort, from, to) * cohort.machines * plan.pue) / 1_000_000;
  const leftIndex = cohort.modes.findIndex((mode) => mode.modeId === state.leftModeId);
  return {
    cohort,
    state,
    currentIndex,
    normalIndex,
    wishIndex,
    comparisons: comparisons ?? [],
    commanded: isCommanded(plan, cohort),
    index: ruling.index,
    claim: ruling.claim,
    alsoApplicable: ruling.alsoApplicable,
    heldUntil: ruling.claim.reason === "economic" ? heldUntil : undefined,
    moveMw: mw(currentIndex, ruling.index),
    lastMoveMw: leftIndex === -1 ? mw(0, currentIndex) : mw(leftIndex, currentIndex),
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

function sizeW(cohort: CohortPlan, from: number, to: number): number {
  const a = cohort.modes[from]?.powerW;
  const b = cohort.modes[to]?.powerW;
  if (a === undefined || b === undefined) throw new UnitError(`cohort ${cohort.cohortId}: no mode ${from} or ${to}`);
  return a < b ? b - a : a - b;
}

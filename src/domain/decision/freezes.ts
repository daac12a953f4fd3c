import type { SiteInput } from "../inputs/facts.ts";
import { type Freeze, freezesAfter, type FreezeInput, isFreezeInput } from "../inputs/freezes.ts";
import { inputProblem } from "../inputs/inputProblem.ts";
import type { Instant } from "../units/instant.ts";
import type { SitePlan } from "./model.ts";
import { ORDER_REASON_CHARS_MAX } from "./orderProblem.ts";

/** Freezes in force once inputs that wait are taken up, in their order. */
export function freezesOnceTaken(freezes: readonly Freeze[], waiting: readonly SiteInput[]): readonly Freeze[] {
  const words = waiting.filter(isFreezeInput);
  return words.reduce(freezesAfter, freezes);
}

/**
 * The freezes that stand as inputs at `at`, for a site whose state was made again from records, which do not say who
 * froze what. Each has an id of its own: the records may hold that of the first asking.
 */
export function standingFreezes(freezes: readonly Freeze[], at: Instant): SiteInput[] {
  return freezes.map(({ cohortId, actor, reason, at: since }) => ({
    kind: "freeze",
    id: `freeze/${cohortId === undefined ? "site" : `cohort/${cohortId}`}/${since}/standing-at/${at}`,
    at,
    ...(cohortId === undefined ? {} : { cohortId }),
    actor,
    reason,
  }));
}

/**
 * Why a freeze or thaw cannot be taken, for whoever gave it; undefined when it can. Takes whatever a sender may send:
 * no value makes it throw.
 */
export function freezeProblem(plan: SitePlan, input: FreezeInput, freezes: readonly Freeze[]): string | undefined {
  const malformed = inputProblem(input);
  if (malformed !== undefined) return malformed;
  const { kind, cohortId, reason } = input;
  if (kind !== "freeze" && kind !== "thaw") return `expected freeze or thaw, found ${String(kind)}`;
  if (reason.length > ORDER_REASON_CHARS_MAX)
    return `the reason has ${reason.length} characters, at most ${ORDER_REASON_CHARS_MAX} are kept`;
  const isOfPlan = cohortId === undefined || plan.cohorts.some((cohort) => cohort.cohortId === cohortId);
  if (!isOfPlan && !(kind === "thaw" && freezes.some((one) => one.cohortId === cohortId)))
    return `the site has no cohort "${cohortId}"`;
  if (kind === "freeze" || freezes.some((one) => one.cohortId === cohortId)) return undefined;
  const whole = freezes.find((one) => one.cohortId === undefined);
  if (whole !== undefined) return `the whole site was frozen by ${whole.actor} (${whole.reason}); thaw the site`;
  if (cohortId !== undefined || freezes.length === 0) return `${cohortId ?? "the site"} is not frozen`;
  return `the site as a whole is not frozen; thaw one by one ${freezes.map(frozenText).join(", ")}`;
}

/**
 * Why a site cannot be retired as it is asked, for whoever asks; undefined when it can: as when the whole site is to be
 * frozen, it takes an actor and a short reason. Takes whatever a sender may send: no value makes it throw.
 */
export function retireProblem(plan: SitePlan, request: Omit<FreezeInput, "kind" | "cohortId">): string | undefined {
  return freezeProblem(plan, { ...request, kind: "freeze", cohortId: undefined }, []);
}

function frozenText({ cohortId, actor, reason }: Freeze): string {
  return `${cohortId}, frozen by ${actor} (${reason})`;
}

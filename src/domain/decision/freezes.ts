import type { Instant } from "../units/instant.ts";
import type { Freeze, SiteInput, SitePlan } from "./model.ts";
import { ORDER_REASON_CHARS_MAX } from "./orderProblem.ts";
import { inputProblem } from "./inputProblem.ts";

type FreezeInput = Extract<SiteInput, { kind: "freeze" | "thaw" }>;

/**
 * Freezes in force after a freeze or thaw: one a cohort, one for the site, each ended by its own thaw alone. Whoever
 * froze a cohort has people at it, whatever becomes of the site's freeze.
 */
export function freezesAfter(freezes: readonly Freeze[], input: FreezeInput): readonly Freeze[] {
  const { cohortId, actor, reason, at } = input;
  const others = freezes.filter((one) => one.cohortId !== cohortId);
  return input.kind === "thaw" ? others : [...others, { cohortId, actor, reason, at }];
}

/** Freezes in force once inputs that wait are taken up, in their order. */
export function freezesOnceTaken(freezes: readonly Freeze[], waiting: readonly SiteInput[]): readonly Freeze[] {
  const words = waiting.filter((one): one is FreezeInput => one.kind === "freeze" || one.kind === "thaw");
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

/** Cohorts of a site to which no command goes. */
export function frozenCohorts(plan: SitePlan, freezes: readonly Freeze[]): readonly string[] {
  const isFrozen = (id: string): boolean => freezes.some(({ cohortId }) => cohortId === undefined || cohortId === id);
  return plan.cohorts.map(({ cohortId }) => cohortId).filter(isFrozen);
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

function frozenText({ cohortId, actor, reason }: Freeze): string {
  return `${cohortId}, frozen by ${actor} (${reason})`;
}

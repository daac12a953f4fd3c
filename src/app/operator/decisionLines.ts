import { isCommanded } from "../../domain/decision/isCommanded.ts";
import type { CohortDecision, DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import { nextLookAfter } from "../../domain/decision/nextLook.ts";
import { ruleOf } from "../../domain/decision/rules/index.ts";
import { operatorOrder } from "../../domain/decision/rules/operatorOrder.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { secondsBetween } from "../../domain/units/instant.ts";
import { ageText, centralTime } from "../timeText.ts";

/**
 * What a decision means for each cohort in words for whoever asked for it: where it is to be and why, and, where that
 * is not its normal mode, what it waits for and how long. A line each; the last says when the site looks again. Times
 * are Central. With `orderId` only the cohorts of that order that another rule keeps from following it, or that
 * Ballast may not command.
 */
export function decisionLines(plan: SitePlan, record: DecisionRecord, orderId?: string): string[] {
  const { input, output } = record;
  const order = input.facts.orders.find((one) => one.orderId === orderId);
  const isMeant = ({ cohortId, reason }: CohortDecision): boolean =>
    orderId === undefined ||
    ((order?.cohortIds?.includes(cohortId) ?? true) &&
      (reason !== operatorOrder.reason || notCommanded(plan, record, cohortId) !== undefined));
  const cohorts = output.cohorts.filter(isMeant).map((cohort) => {
    const rest = notCommanded(plan, record, cohort.cohortId) ?? nextStep(plan, record, cohort);
    return `${cohort.cohortId}: ${cohort.sentence}${rest === undefined ? "" : ` ${rest}`}`;
  });
  return [...cohorts, `The site looks again at ${when(nextLookAfter(record), input.asOf)}, sooner if something comes.`];
}

/** Why no command goes to a cohort, undefined where one does. */
function notCommanded(plan: SitePlan, { input }: DecisionRecord, cohortId: string): string | undefined {
  const cohort = plan.cohorts.find((one) => one.cohortId === cohortId);
  if (cohort === undefined || isCommanded(plan, cohort, input.facts.frozenCohorts)) return undefined;
  if (input.facts.frozenCohorts?.includes(cohortId)) return "No command goes to it: it is frozen.";
  if (cohort.lockedOut) return "No command goes to it: it is locked out.";
  return `No command goes to it: control is ${plan.control === "act" ? cohort.control : plan.control}.`;
}

/** What a cohort that is kept from its normal mode waits for. */
function nextStep(plan: SitePlan, { input }: DecisionRecord, cohort: CohortDecision): string | undefined {
  const { cohortId, split, reason, heldUntil } = cohort;
  if (heldUntil !== undefined) return `It may move at ${when(heldUntil, input.asOf)}.`;
  const normal = plan.cohorts.find((one) => one.cohortId === cohortId)?.normalModeId;
  if (split.every(({ modeId }) => modeId === normal)) return undefined;
  return ruleOf(reason).waitsFor?.(cohortId, input, (at) => when(at, input.asOf));
}

function when(at: Instant, now: Instant): string {
  return `${centralTime(at, now)} Central (in ${ageText(secondsBetween(now, at))})`;
}

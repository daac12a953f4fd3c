import { holdsDown } from "../../domain/inputs/stopContact.ts";
import { inputReason } from "../../domain/inputs/stopDue.ts";
import type { StopHolds, StopInputs } from "../../ports/stopInputs.ts";
import { centralTime } from "../timeText.ts";
import type { Deployment } from "./deployment.ts";

/** What the stop inputs of these sites hold down, by what each last showed; one not configured holds nothing. */
export function stopHoldsOf(deployments: readonly Deployment[], inputs: Pick<StopInputs, "all">): StopHolds {
  const bySite = new Map(deployments.map(({ plan, stopInputs = [] }) => [plan.siteId, stopInputs]));
  return {
    async holding(siteId, cohortId) {
      const about = (bySite.get(siteId) ?? []).filter(({ cohorts }) =>
        cohortId === undefined ? cohorts === undefined : cohorts?.includes(cohortId) === true,
      );
      if (about.length === 0) return undefined;
      const kept = await inputs.all(siteId);
      for (const input of about) {
        const contact = kept.find(({ inputId }) => inputId === input.inputId)?.contact;
        if (contact === undefined || !holdsDown(input, contact)) continue;
        const since = `${centralTime(contact.since)} Central`;
        return (
          `stop input ${input.inputId} holds ${cohortId ?? "the site"} down since ${since} ` +
          `(${inputReason(input, contact)}): nothing starts before the contact says that it may`
        );
      }
      return undefined;
    },
  };
}

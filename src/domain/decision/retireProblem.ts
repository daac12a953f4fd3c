import type { FreezeInput } from "../inputs/freezes.ts";
import { freezeProblem } from "./freezes.ts";
import type { SitePlan } from "./model.ts";

/**
 * Why a site cannot be retired as it is asked, for whoever asks; undefined when it can: as when the whole site is to be
 * frozen, it takes an actor and a short reason. Takes whatever a sender may send: no value makes it throw.
 */
export function retireProblem(plan: SitePlan, request: Omit<FreezeInput, "kind" | "cohortId">): string | undefined {
  return freezeProblem(plan, { ...request, kind: "freeze", cohortId: undefined }, []);
}

import { undecidedProblem } from "../src/domain/dispatch/undecidedProblem.ts";
import type { CohortTarget } from "../src/domain/dispatch/model.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import { finalFailure } from "./failure.ts";

/** Name under which a dispatch stops a paced clock from its decision to its verdict. */
export function dispatchHold(siteId: string, revision: number): string {
  return `dispatch/${siteId}/${revision}`;
}

/** Whether a newer revision of the site has taken over. @throws PortUnavailableError when the database is away. */
export async function isFenced(ledger: FleetLedger, siteId: string, revision: number): Promise<boolean> {
  const newest = await ledger.newestRevision(siteId);
  return newest !== undefined && newest > revision;
}

/**
 * Lets a dispatch go on that a recorded decision of its site ordered, in its very modes. Whoever reaches the Temporal
 * port can start the workflow with a plan of their own; a revision out of the air would fence off all that follow.
 * @throws ApplicationFailure BadInput, final, for every other dispatch; PortUnavailableError when the database is away
 */
export async function refuseUndecided(
  decisions: DecisionStore,
  siteId: string,
  revision: number,
  targets: readonly CohortTarget[],
): Promise<void> {
  const problem = undecidedProblem(await decisions.dispatched(siteId, revision), siteId, revision, targets);
  if (problem !== undefined) throw finalFailure(FailureType.BadInput, problem);
}

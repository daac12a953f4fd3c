import { undecidedProblem } from "../src/domain/dispatch/undecidedProblem.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import { finalFailure } from "./failure.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

/** Name under which a dispatch stops a paced clock from its decision to its verdict. */
export function dispatchHold(siteId: SiteId, revision: number): string {
  return `dispatch/${siteId}/${revision}`;
}

/** Whether a newer revision of the site has taken over. @throws PortUnavailableError when the database is away. */
export async function isFenced(ledger: FleetLedger, siteId: SiteId, revision: number): Promise<boolean> {
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
  siteId: SiteId,
  revision: number,
  cohorts: Parameters<typeof undecidedProblem>[3],
): Promise<void> {
  const decided = await decisions.dispatched(siteId, revision);
  const problem = undecidedProblem(decided, siteId, revision, cohorts);
  if (problem !== undefined) throw finalFailure(FailureType.BadInput, problem);
}

import { isCommanded } from "../src/domain/decision/isCommanded.ts";
import type { Machine, ShareTarget } from "../src/domain/dispatch/model.ts";
import type { CohortId, SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { CommandFreezes } from "../src/ports/commandFreezes.ts";
import type { CommandEntry } from "../src/ports/fleetLedger.ts";
import type { SafetyStops } from "../src/ports/safetyStops.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";

export interface HoldingDeps {
  /** By which commands are refused, whatever a dispatch says. */
  readonly book: SiteBook<"plan">;
  readonly freezes: CommandFreezes;
  /** A safety stop reaches the machines through a freeze, and nothing else does while it stands. */
  readonly stops: Pick<SafetyStops, "inForce">;
}

/**
 * Why a command may not go to a cohort: by this worker's own configuration, whatever a dispatch says, because somebody
 * froze it, or because somebody stopped it for safety and the command is not to go off. A stop holds from the moment it
 * is kept, also against a dispatch that began before it. Undefined when the command may go.
 * @throws PortUnavailableError when the database is away.
 */
export async function heldBack(
  deps: HoldingDeps,
  siteId: SiteId,
  { cohortId, point }: Pick<ShareTarget, "cohortId" | "point">,
): Promise<string | undefined> {
  const plan = deps.book.get(siteId)?.plan;
  const cohort = plan?.cohorts.find((one) => one.cohortId === cohortId);
  if (plan === undefined || cohort === undefined) return `cohort ${cohortId} is not in this worker's configuration`;
  if (cohort.lockedOut) return `cohort ${cohortId} is locked out in this worker's configuration`;
  if (!isCommanded(plan, cohort, undefined)) return `cohort ${cohortId} is not under control in this configuration`;
  const isOfIt = (one: { readonly cohortId?: CohortId }): boolean =>
    one.cohortId === undefined || one.cohortId === cohortId;
  const stop = (await deps.stops.inForce(siteId)).find(isOfIt);
  if (stop !== undefined)
    return point.kind === "off" ? undefined : `stopped for safety by ${stop.actor}: ${stop.reason}`;
  const freeze = (await deps.freezes.inForce(siteId)).find(isOfIt);
  return freeze && `commands are frozen by ${freeze.actor}: ${freeze.reason}`;
}

/** What the ledger says of machines to which no command went. */
export function withheld(
  machines: readonly Machine[],
  { cohortId, modeId }: ShareTarget,
  detail: string,
  at: Instant,
): CommandEntry[] {
  return machines.map(({ machineId }) => ({
    machineId,
    cohortId,
    modeId,
    outcome: "locked-out",
    writes: 0,
    detail,
    at,
  }));
}

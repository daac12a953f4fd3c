import { canRestore } from "../src/domain/dispatch/canRestore.ts";
import { canShed } from "../src/domain/dispatch/canShed.ts";
import { type CohortBase, expectedChange } from "../src/domain/dispatch/expectedChange.ts";
import type { DispatchPlan } from "../src/domain/dispatch/model.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ResponseVerdict } from "../src/domain/verification/model.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { dispatchHold, refuseUndecided } from "./revision.ts";
import { type SitePowerDeps, sitePowerKw } from "./sitePower.ts";
import { dated } from "./witnessed.ts";

export interface DispatchDeps extends SitePowerDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly sites: SiteGateway;
  readonly ledger: FleetLedger;
  readonly decisions: DecisionStore;
  readonly log: Log;
}

/**
 * Activities that begin a dispatch and end it. They throw what the ledger's and the meters' ports throw, which is
 * retried, NotConfigured for a site that is not in the configuration, and a final BadInput for a dispatch that no
 * recorded decision ordered.
 */
export function dispatchActivities(deps: DispatchDeps) {
  const { clock, witness, sites, ledger, decisions, log } = deps;
  return {
    /**
     * Fence off older revisions and settle what the response is measured against: the site meter before anything moves,
     * or, where the revision before was taken back before its verdict, what that one was measured against (`resumed`).
     */
    async openDispatch({
      plan,
    }: {
      plan: DispatchPlan;
    }): Promise<{ superseded: boolean; resumed: boolean; beforeKw?: number; expectedDeltaKw: number }> {
      const { siteId, revision } = plan;
      await refuseUndecided(decisions, siteId, revision, plan.targets);
      await clock.hold(dispatchHold(siteId, revision));
      const { newest, base, resumed } = await ledger.open(siteId, revision, async () => ({
        beforeKw: await sitePowerKw(deps, siteId, await clock.now()),
        cohorts: await cohortsNow(plan),
      }));
      return {
        superseded: newest > revision,
        resumed,
        beforeKw: base.beforeKw,
        expectedDeltaKw: expectedChange(plan, base.cohorts),
      };
    },

    /** Write the verdict and the straggler list, tell the site, let the clock go. */
    async closeDispatch({
      siteId,
      revision,
      decidedAt,
      outcome,
    }: {
      siteId: string;
      revision: number;
      decidedAt: Instant;
      outcome: ResponseVerdict | "superseded";
    }): Promise<{ stragglers: number }> {
      const at = await dated(witness, log, await clock.now());
      const stragglers = await ledger.close(siteId, revision, outcome, at);
      const measured =
        outcome === "superseded" ? {} : { measuredKw: outcome.measuredDeltaKw, seconds: outcome.secondsSinceOrder };
      await sites.deliver(siteId, {
        kind: "dispatch-verdict",
        id: `verdict/${revision}/${decidedAt}`,
        at,
        revision,
        outcome: outcome === "superseded" ? outcome : outcome.outcome,
        ...measured,
        stragglers: stragglers.length,
      });
      await clock.release(dispatchHold(siteId, revision));
      return { stragglers: stragglers.length };
    },
  };

  async function cohortsNow({ siteId, targets }: DispatchPlan): Promise<Record<string, CohortBase>> {
    const cohorts: Record<string, CohortBase> = {};
    for (const { cohortId, fromW } of targets) {
      const machines = [...(await ledger.standing(siteId, cohortId)).values()];
      cohorts[cohortId] = {
        fromW,
        ableToShed: machines.filter(canShed).length,
        ableToRestore: machines.filter(canRestore).length,
      };
    }
    return cohorts;
  }
}

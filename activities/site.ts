import { activityInfo } from "@temporalio/activity";
import type { CohortDecision, DecisionRecord } from "../src/domain/decision/model.ts";
import { canShed } from "../src/domain/dispatch/canShed.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { CohortModeChange, DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import type { SitePlan } from "../src/domain/decision/model.ts";

export interface SiteDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly decisions: DecisionStore;
  readonly ledger: FleetLedger;
  readonly plans: ReadonlyMap<string, SitePlan>;
}

/** Name under which a dispatch stops a paced clock from its decision to its verdict. */
export function dispatchHold(siteId: string, revision: number): string {
  return `dispatch/${siteId}/${revision}`;
}

/**
 * Activities of the decision stage. They throw what the ledger's port throws, which is retried, and an Error for a
 * cohort or mode that the configuration lacks.
 */
export function siteActivities({ clock, sites, decisions, ledger, plans }: SiteDeps) {
  return {
    /**
     * Commit a decision and, where a cohort's commanded mode or its reason changes, the timeline that settlement reads.
     */
    async recordDecision(record: DecisionRecord, nextLook: Instant): Promise<{ recordHash: string }> {
      const { workflowId, runId } = activityInfo().workflowExecution ?? { workflowId: "", runId: "" };
      const recordHash = await decisions.record(record, { workflowId, runId }, await changes(record));
      if (record.dispatch) await clock.hold(dispatchHold(record.siteId, record.dispatch.revision));
      await sites.wakeAt(record.siteId, nextLook);
      return { recordHash };
    },
  };

  async function changes(record: DecisionRecord): Promise<CohortModeChange[]> {
    const current = new Map((await decisions.currentModes(record.siteId)).map((change) => [change.cohortId, change]));
    const changed: CohortModeChange[] = [];
    for (const cohort of record.output.cohorts) {
      const before = current.get(cohort.cohortId);
      const modeId = commandedMode(record, cohort);
      if (before && before.modeId === modeId && before.reason === cohort.reason) continue;
      changed.push(await modeChange(record, cohort, modeId, before));
    }
    return changed;
  }

  async function modeChange(
    record: DecisionRecord,
    cohort: CohortDecision,
    modeId: string,
    before: CohortModeChange | undefined,
  ): Promise<CohortModeChange> {
    const plan = plans.get(record.siteId);
    const cohortPlan = plan?.cohorts.find((one) => one.cohortId === cohort.cohortId);
    if (!plan || !cohortPlan)
      throw new Error(
        `Decision ${record.sequence} names cohort ${cohort.cohortId} of site ${record.siteId}, which this worker's ` +
          `configuration does not have.`,
      );
    const powerW = (id: string): number => {
      const mode = cohortPlan.modes.find((one) => one.modeId === id);
      if (!mode) throw new Error(`Cohort ${cohort.cohortId} has no mode "${id}".`);
      return Math.round(mode.powerW * plan.pue);
    };
    // Machines are counted while they run: once curtailed, those that were able to run stay the baseline.
    const wasRunning = before === undefined || before.modeId === cohortPlan.normalModeId;
    return {
      cohortId: cohort.cohortId,
      clientId: cohortPlan.clientId,
      sequence: record.sequence,
      at: record.input.asOf,
      modeId,
      reason: cohort.reason,
      ableToRun: wasRunning ? await running(record.siteId, cohort.cohortId) : before.ableToRun,
      normalPowerW: powerW(cohortPlan.normalModeId),
      modePowerW: powerW(modeId),
    };
  }

  /** Machines able to run: what they draw, they can shed. */
  async function running(siteId: string, cohortId: string): Promise<number> {
    return [...(await ledger.standing(siteId, cohortId)).values()].filter(canShed).length;
  }
}

function commandedMode(record: DecisionRecord, cohort: CohortDecision): string {
  if (!record.dispatch) return cohort.fromModeId;
  return record.dispatch.targets.find((target) => target.cohortId === cohort.cohortId)?.modeId ?? cohort.fromModeId;
}

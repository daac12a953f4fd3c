import { createHash } from "node:crypto";
import { activityInfo } from "@temporalio/activity";
import type { DecisionRecord, SitePlan } from "../src/domain/decision/model.ts";
import type { SiteFinding } from "../src/domain/decision/siteFinding.ts";
import { planText } from "../src/domain/evidence/recordText.ts";
import { ableToRun } from "../src/domain/dispatch/ableToRun.ts";
import { surveyedMachines } from "../src/domain/settlement/surveyedMachines.ts";
import { type ChangedCohort, changedCohorts, leftCohorts, timelineChange } from "../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../src/domain/settlement/timeline.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ConfigurationOutcomes } from "../src/ports/configurationOutcomes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { dispatchHold } from "./revision.ts";

export interface DecisionDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly decisions: DecisionStore;
  readonly ledger: FleetLedger;
  readonly book: SiteBook<"plan">;
  readonly configurations: ConfigurationOutcomes;
  readonly log: Log;
}

/**
 * Activities of the decision stage. They throw what the ledger's port throws, which is retried, and NotConfigured for a
 * site that the configuration lacks.
 */
export function decisionActivities({ clock, sites, decisions, ledger, book, configurations, log }: DecisionDeps) {
  const keptPlans = new Map<string, string>();
  return {
    /**
     * Commit a decision and, where a cohort's commanded mode, its reason or its plan changes, the timeline that
     * settlement reads.
     */
    async recordDecision(record: DecisionRecord, nextLook: Instant): Promise<{ recordHash: string }> {
      const { workflowId, runId } = activityInfo().workflowExecution ?? { workflowId: "", runId: "" };
      const recordHash = await decisions.record(record, { workflowId, runId }, await changes(record));
      if (record.dispatch) await clock.hold(dispatchHold(record.siteId, record.dispatch.revision));
      await sites.wakeAt(record.siteId, nextLook);
      return { recordHash };
    },

    /** Tell whoever looks at the site, and its log, what it could not do as asked. */
    async noteFinding(finding: SiteFinding): Promise<void> {
      const { activityId, workflowExecution } = activityInfo();
      log.error({ ...finding }, "the site could not do something as asked");
      await decisions.noteFinding(finding, { runId: workflowExecution?.runId ?? "", noteId: activityId });
    },
  };

  /**
   * The plan that a decision was made by. A worker takes a new configuration before its site accepts it, and keeps it
   * where the site gives it up.
   */
  async function planOf({ siteId, sequence, planHash }: DecisionRecord): Promise<SitePlan> {
    const { plan: own } = configured(book, siteId);
    if (sha256(planText(own)) === planHash) {
      if (keptPlans.get(siteId) !== planHash) await configurations.keepPlan(own, planHash);
      keptPlans.set(siteId, planHash);
      return own;
    }
    const kept = await configurations.plan(siteId, planHash);
    if (kept === undefined)
      log.error(
        { siteId, sequence, planHash },
        "the plan of a decision was never kept: its timeline goes by the worker's",
      );
    return kept ?? own;
  }

  async function changes(record: DecisionRecord): Promise<TimelineChange[]> {
    const { siteId } = record;
    const plan = await planOf(record);
    const current = await decisions.currentModes(siteId);
    const lines: TimelineChange[] = leftCohorts(plan, record, current);
    for (const changed of changedCohorts(plan, record, current)) {
      const count = changed.countsMachines ? await able(record, changed) : undefined;
      const line = timelineChange(plan, record, changed, count);
      if (line !== undefined) lines.push(line);
    }
    return lines;
  }

  /** By the survey that the decision knew; without one, by what the fleet's ledger says of each machine. */
  async function able(record: DecisionRecord, changed: ChangedCohort): Promise<number> {
    const surveyed = surveyedMachines(record, changed);
    if (surveyed !== undefined) return surveyed;
    const standing = await ledger.standing(record.siteId, changed.cohort.cohortId);
    return ableToRun(standing.values(), changed.before?.ableToRun);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import { createHash } from "node:crypto";
import { activityInfo } from "@temporalio/activity";
import type { DecisionRecord, SitePlan } from "../src/domain/decision/model.ts";
import type { SiteFinding } from "../src/domain/decision/siteFinding.ts";
import { planText } from "../src/domain/evidence/recordText.ts";
import { ableToRun } from "../src/domain/dispatch/ableToRun.ts";
import type { LedgerCount } from "../src/domain/settlement/ledgerCount.ts";
import { surveyedMachines } from "../src/domain/settlement/surveyedMachines.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../src/domain/settlement/timeline.ts";
import type { ChangedCohort, TimelineChange } from "../src/domain/settlement/timelineModel.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ConfigurationOutcomes } from "../src/ports/configurationOutcomes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import type { MeterWakes } from "./meterWakes.ts";
import { dispatchHold } from "./revision.ts";

export interface DecisionDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly decisions: DecisionStore;
  readonly ledger: FleetLedger;
  readonly book: SiteBook<"plan">;
  readonly configurations: ConfigurationOutcomes;
  readonly wakes: MeterWakes;
  readonly log: Log;
}

/**
 * Activities of the decision stage. They throw what the ledger's port throws, which is retried, and NotConfigured for a
 * site that the configuration lacks.
 */
export function decisionActivities(deps: DecisionDeps) {
  const { clock, sites, decisions, ledger, book, configurations, wakes, log } = deps;
  const keptPlans = new Map<string, string>();
  return {
    /**
     * Commit a decision and, where a cohort's commanded mode, its reason or its plan changes, the timeline that
     * settlement reads. `counted` is what the fleet's ledger counted for it, for the audit; absent where it was not
     * asked, and where an earlier attempt committed the decision.
     */
    async recordDecision(
      record: DecisionRecord,
      nextLook: Instant,
    ): Promise<{ recordHash: string; counted?: readonly LedgerCount[] }> {
      const { workflowId, runId } = activityInfo().workflowExecution ?? { workflowId: "", runId: "" };
      const { lines, counted } = await changes(record);
      const { recordHash, isNew } = await decisions.record(record, { workflowId, runId }, lines);
      if (record.dispatch) await clock.hold(dispatchHold(record.siteId, record.dispatch.revision));
      // What is effective at once may have seconds: its clock does not wait for the next quiet look.
      await wakes.decided(record.siteId, record.input.facts.instructions ?? []);
      await sites.wakeAt(record.siteId, nextLook);
      return { recordHash, ...(isNew && counted.length > 0 ? { counted } : {}) };
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

  async function changes(record: DecisionRecord): Promise<{ lines: TimelineChange[]; counted: LedgerCount[] }> {
    const { siteId } = record;
    const plan = await planOf(record);
    const current = await decisions.currentModes(siteId);
    const lines: TimelineChange[] = leftCohorts(plan, record, current);
    const counted: LedgerCount[] = [];
    for (const changed of changedCohorts(plan, record, current)) {
      const surveyed = surveyedMachines(record, changed);
      const asksLedger = changed.countsMachines && surveyed === undefined;
      const machines = asksLedger ? await byLedger(record, changed) : surveyed;
      if (asksLedger) counted.push({ cohortId: changed.cohort.cohortId, machines: machines as number });
      const line = timelineChange(plan, record, changed, machines);
      if (line !== undefined) lines.push(line);
    }
    return { lines, counted };
  }

  /** By what the fleet's ledger says of each machine. */
  async function byLedger(record: DecisionRecord, changed: ChangedCohort): Promise<number> {
    const standing = await ledger.standing(record.siteId, changed.cohort.cohortId);
    return ableToRun(standing.values(), changed.before?.ableToRun);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

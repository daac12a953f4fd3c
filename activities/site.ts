import { createHash } from "node:crypto";
import { activityInfo, ApplicationFailure } from "@temporalio/activity";
import type { Configuration } from "../src/domain/decision/configureProblem.ts";
import type { DecisionRecord, SiteInput, SitePlan } from "../src/domain/decision/model.ts";
import type { SiteFinding } from "../src/domain/decision/siteFinding.ts";
import { planText } from "../src/domain/evidence/recordText.ts";
import { ableToRun } from "../src/domain/dispatch/ableToRun.ts";
import { type ChangedCohort, changedCohorts, leftCohorts, timelineChange } from "../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../src/domain/settlement/timeline.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { CommandFreezes } from "../src/ports/commandFreezes.ts";
import type { ConfigurationOutcome, ConfigurationOutcomes } from "../src/ports/configurationOutcomes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { FleetLedger } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";

export interface SiteDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly decisions: DecisionStore;
  readonly ledger: FleetLedger;
  readonly plans: ReadonlyMap<string, SitePlan>;
  readonly freezes: CommandFreezes;
  readonly configurations: ConfigurationOutcomes;
  readonly log: Log;
}

const REFUSED = "OrderRefused";

/** Name under which a dispatch stops a paced clock from its decision to its verdict. */
export function dispatchHold(siteId: string, revision: number): string {
  return `dispatch/${siteId}/${revision}`;
}

/**
 * Activities of the decision stage. They throw what the ledger's port throws, which is retried, and an Error for a
 * cohort or mode that the configuration lacks.
 */
export function siteActivities({ clock, sites, decisions, ledger, plans, freezes, configurations, log }: SiteDeps) {
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

    /**
     * Accepts a configuration for good, unless it was given up before. A plan is what its hash names, and what this
     * worker itself is configured with: asked before the worker has its new configuration, the answer waits for it.
     */
    async checkConfiguration(siteId: string, configuration: Configuration): Promise<void> {
      const { id: requestId, plan, planHash, actor, reason, diff } = configuration;
      const made = sha256(planText(plan));
      if (made !== planHash)
        throw ApplicationFailure.nonRetryable(`Order refused: the plan's hash is ${made}, not ${planHash}.`, REFUSED);
      const own = plans.get(siteId);
      const ownHash = own && sha256(planText(own));
      if (ownHash !== planHash)
        throw new Error(
          `This worker is configured with plan ${ownHash ?? "of another site"}, not yet with ${planHash}.`,
        );
      if ((await configurations.settle(siteId, { requestId, planHash }, "accepted")) === "withdrawn")
        throw ApplicationFailure.nonRetryable(
          "Order refused: this configuration was given up before the site had accepted it; apply it again.",
          REFUSED,
        );
      log.warn({ siteId, planHash, actor, reason, diff }, "a new configuration was applied");
    },

    /** What holds of a configuration that nobody could say was accepted: it is refused, unless it was accepted. */
    async concludeConfiguration(siteId: string, requestId: string, planHash: string): Promise<ConfigurationOutcome> {
      return configurations.settle(siteId, { requestId, planHash }, "withdrawn");
    },

    /** Commands stop, or may go, from here on; a batch that is under way looks before each of its slices. */
    async keepFreeze(siteId: string, input: Extract<SiteInput, { kind: "freeze" | "thaw" }>): Promise<void> {
      log.warn({ siteId, ...input }, input.kind === "freeze" ? "commands are frozen" : "commands may go again");
      await freezes.keep(siteId, input);
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
    const own = plans.get(siteId);
    if (!own) throw new Error(`Decision ${sequence} is of site ${siteId}, which this worker's configuration lacks.`);
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
      const count = changed.countsMachines ? await able(siteId, changed) : undefined;
      lines.push(timelineChange(plan, record, changed, count));
    }
    return lines;
  }

  async function able(siteId: string, { cohort, before }: ChangedCohort): Promise<number> {
    return ableToRun((await ledger.standing(siteId, cohort.cohortId)).values(), before?.ableToRun);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

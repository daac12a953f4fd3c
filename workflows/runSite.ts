import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import {
  ApplicationFailure,
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from "@temporalio/common";
import type { Activities } from "../activities/index.ts";
import { decide, RULE_SET } from "../src/domain/decision/decide.ts";
import type { DecisionRecord, SiteInput } from "../src/domain/decision/model.ts";
import { orderProblem } from "../src/domain/decision/orderProblem.ts";
import { nextLookAfter } from "../src/domain/decision/nextLook.ts";
import { ownLookAfter } from "../src/domain/decision/ownLook.ts";
import { absorb } from "../src/domain/decision/absorb.ts";
import { nextRecord } from "../src/domain/decision/nextRecord.ts";
import { adopt, decisionInput } from "../src/domain/decision/siteState.ts";
import type { SiteState } from "../src/domain/decision/siteStateModel.ts";
import { planDispatch } from "../src/domain/dispatch/plan.ts";
import { dayEnd, nextDay } from "../src/domain/market/calendar.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import { FailureType, idle, placeOrder, releaseOrder, type RunSiteInput, siteInput, workflowIds } from "./contracts.ts";
import { dispatchTarget } from "./dispatchTarget.ts";
import { fleetCommand, ledgerWrite, settlementWork } from "./options.ts";
import { SiteMailbox } from "./siteMailbox.ts";

const { recordDecision } = proxyActivities<Activities>(ledgerWrite);
const { exportRun } = proxyActivities<Activities>(settlementWork);
const { surveyFleet } = proxyActivities<Activities>(fleetCommand);
const siteIdKey = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);
const operatingDayKey = defineSearchAttributeKey("OperatingDay", SearchAttributeType.KEYWORD);
const modeKey = defineSearchAttributeKey("Mode", SearchAttributeType.KEYWORD);
const needsReviewKey = defineSearchAttributeKey("NeedsReview", SearchAttributeType.BOOL);

/**
 * One site, one operating day at most per run: inputs arrive as signals and updates, one loop decides, records and
 * starts dispatches. The run closes at midnight Central, or when the server suggests it, and goes on as a new one; the
 * new run exports the closed one.
 */
export async function runSite(start: RunSiteInput): Promise<void> {
  const mailbox = new SiteMailbox(start.clock, start.pending);
  let state = start.state;
  let nextLook: Instant = start.nextLook ?? dayEnd(start.operatingDay);
  let ownLook = nextLook;
  let shown = shownOf(state);

  setHandler(idle, () => mailbox.parked && !mailbox.hasWork);
  setHandler(siteInput, (input) => mailbox.put(input));
  setHandler(placeOrder, async ({ id, at, order }) => {
    refuse(orderProblem(start.plan, order, at));
    mailbox.put({ kind: "order", id, at, order });
    return { orderId: order.orderId, ...(await mailbox.recorded(id)) };
  });
  setHandler(releaseOrder, async ({ id, at, orderId, actor, reason }) => {
    refuse(
      reason.trim() === "" || actor.trim() === "" ? "a release needs an authenticated actor and a reason" : undefined,
    );
    refuse(
      state.orders.some((order) => order.orderId === orderId) ? undefined : `there is no order "${orderId}" in force`,
    );
    mailbox.put({ kind: "release", id, at, orderId, actor, reason });
    return { orderId, ...(await mailbox.recorded(id)) };
  });

  if (start.previousRunId === undefined) await surveyFleet({ siteId: start.plan.siteId });
  else
    await exportRun({ siteId: start.plan.siteId, workflowId: workflowInfo().workflowId, runId: start.previousRunId });

  while (true) {
    if (!mailbox.hasWork) await mailbox.waitForWork(ownLook);
    const inputs = mailbox.takeAll();
    const asOf = latest(inputs, state.asOf);
    if (asOf !== undefined && asOf >= dayEnd(start.operatingDay)) {
      nextLook = dayEnd(nextDay(start.operatingDay));
      return goOn(nextDay(start.operatingDay), inputs);
    }
    const taken = takeUp(inputs);
    // Whatever arrives after the instant at which the site was to look again makes it look, where no clock's keeper has
    // woken it.
    const isDue = start.clock.kind === "real" && asOf !== undefined && asOf >= nextLook;
    if ((taken.relevant || isDue) && asOf !== undefined) await decideAndRecord(asOf, taken.ids);
    else mailbox.settle(taken.ids, { sequence: state.sequence, sentence: "nothing to decide" });
    if (workflowInfo().continueAsNewSuggested) return goOn(start.operatingDay, []);
  }

  function takeUp(inputs: readonly SiteInput[]): { relevant: boolean; ids: string[] } {
    let relevant = false;
    for (const input of inputs) {
      const absorbed = absorb(start.plan, state, input);
      state = absorbed.state;
      relevant ||= absorbed.relevant;
    }
    return { relevant, ids: inputs.map((input) => input.id) };
  }

  async function decideAndRecord(asOf: Instant, ids: readonly string[]): Promise<void> {
    const input = decisionInput(start.plan, state, asOf);
    const output = decide(start.plan, input);
    const record = nextRecord({
      plan: start.plan,
      planHash: start.planHash,
      state,
      input,
      output,
      ruleSet: start.ruleSet,
    });
    nextLook = nextLookAfter(record);
    ownLook = ownLookAfter(start.plan, record);
    const { recordHash } = await recordDecision(record, nextLook);
    const unconfirmed =
      state.revision > 0 &&
      (state.verdict?.revision !== state.revision ||
        state.verdict.outcome !== "confirmed" ||
        state.verdict.stragglers > 0);
    state = adopt(start.plan, state, record, recordHash);
    if (record.dispatch) await startDispatch(record, unconfirmed);
    mailbox.settle(ids, { sequence: record.sequence, sentence: output.sentence });
    show();
  }

  async function startDispatch(record: DecisionRecord, unconfirmed: boolean): Promise<void> {
    const { batchSize, deadlineSeconds } = start.dispatch;
    const plan = planDispatch({ plan: start.plan, record, batchSize, deadlineSeconds, unconfirmed });
    await startChild(dispatchTarget, {
      workflowId: workflowIds.dispatch(plan.siteId, plan.revision),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ plan, settings: start.dispatch }],
    });
  }

  /** Search attributes cost an action: only when they change. */
  function show(): void {
    const now = shownOf(state);
    if (now.mode === shown.mode && now.needsReview === shown.needsReview) return;
    shown = now;
    upsertSearchAttributes([
      { key: modeKey, value: now.mode },
      { key: needsReviewKey, value: now.needsReview },
    ]);
  }

  async function goOn(operatingDay: string, pending: readonly SiteInput[]): Promise<void> {
    mailbox.stopAlarm();
    await condition(allHandlersFinished);
    const proceed = makeContinueAsNewFunc<typeof runSite>({
      typedSearchAttributes: new TypedSearchAttributes([
        { key: siteIdKey, value: start.plan.siteId },
        { key: operatingDayKey, value: operatingDay },
        { key: modeKey, value: shown.mode },
        { key: needsReviewKey, value: shown.needsReview },
      ]),
    });
    // A new run decides by this program's rules, whatever the run before named.
    await proceed({
      ...start,
      ruleSet: RULE_SET,
      operatingDay,
      state,
      nextLook,
      pending: [...pending, ...mailbox.takeAll()],
      previousRunId: workflowInfo().runId,
    });
  }
}

/** What an operator sees in the list of workflows: the modes, and whether somebody should look. */
function shownOf(state: SiteState): { mode: string; needsReview: boolean } {
  const mode = state.cohorts
    .map((cohort) => `${cohort.cohortId}:${cohort.modeId}`)
    .join(" ")
    .slice(0, 250);
  const { verdict } = state;
  const unproven = verdict !== undefined && verdict.outcome !== "confirmed" && verdict.outcome !== "superseded";
  return {
    mode,
    needsReview: state.silentFeeds.length > 0 || unproven || (verdict !== undefined && verdict.stragglers > 0),
  };
}

function latest(inputs: readonly SiteInput[], previous: Instant | undefined): Instant | undefined {
  return inputs.reduce<Instant | undefined>(
    (asOf, input) => (asOf === undefined || input.at > asOf ? input.at : asOf),
    previous,
  );
}

function refuse(why: string | undefined): void {
  if (why !== undefined)
    throw ApplicationFailure.create({
      type: FailureType.OrderRefused,
      message: `Order refused: ${why}.`,
      nonRetryable: true,
    });
}

import { allHandlersFinished, condition, proxyActivities, setHandler, sleep, workflowInfo } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { RULE_SET } from "../src/domain/decision/decide.ts";
import { configureProblem } from "../src/domain/decision/configureProblem.ts";
import { freezeProblem, retireProblem } from "../src/domain/decision/freezes.ts";
import { orderProblem } from "../src/domain/decision/orderProblem.ts";
import { releaseProblem } from "../src/domain/decision/releaseProblem.ts";
import { stopProblem } from "../src/domain/decision/stopProblem.ts";
import type { Signed } from "../src/domain/evidence/operatorProof.ts";
import { acceptConfiguration } from "./acceptConfiguration.ts";
import { admitted } from "./admitted.ts";
import { atSite } from "./atSite.ts";
import {
  type Answer,
  configure,
  type ConfigureRequest,
  freezeCommands,
  type FreezeRequest,
  idle,
  placeOrder,
  releaseOrder,
  retire,
  type RetireRequest,
  type RunSiteInput,
  siteInput,
  stopMachines,
  type StopRequest,
} from "./contracts.ts";
import { goOn } from "./goOn.ts";
import { marketNow } from "./marketNow.ts";
import { fleetCommand, ledgerWrite } from "./options.ts";
import { refuse } from "./refuse.ts";
import { SiteAlarm } from "./siteAlarm.ts";
import { SiteRun } from "./siteRun.ts";
import { SiteShown } from "./siteShown.ts";
import { startDispatch } from "./startDispatch.ts";
import { startExport } from "./startExport.ts";
import { targetOf } from "./targetOf.ts";

const { keepFreeze, keepRetirement, keepStop, recordDecision, noteFinding } = proxyActivities<Activities>(ledgerWrite);

/** Tasks in which a closing run gives its last answers. */
const ANSWER_TASKS_MAX = 3;
/** Real time. */
const ANSWERS_WITHIN = "20 seconds";
const ENDED_FIRST = "the run ended before it was known what became of this; see ballast status, and ask again";

/**
 * One site, one operating day at most per run: inputs arrive as signals and updates, one loop decides, records and
 * starts dispatches. The run closes at midnight Central, or when the server suggests it, and goes on as a new one; the
 * new run begins the export of the closed one. A run that is told that its site is retired takes up what waits, and is
 * the last.
 */
export async function runSite(start: RunSiteInput): Promise<void> {
  const { plan, dispatch } = start;
  const run = new SiteRun(start);
  const alarm = new SiteAlarm(start.clock);
  let [isParked, isOver, isRetired, asking, answers] = [false, false, false, 0, 0];
  const shown = new SiteShown(plan.siteId, run.state);

  setHandler(idle, () => isParked && !run.hasWork && asking === 0);
  setHandler(siteInput, (input) => run.receive(input, marketNowOrPaced()));
  setHandler(placeOrder, async (signed) => {
    refuseNew(signed, () => orderProblem(plan, { ...signed, kind: "order" }, run.state.orders));
    const order = { ...(await asked("placeOrder", signed)), kind: "order" as const };
    refuseNew(order, () => orderProblem(plan, order, run.state.orders));
    return answered(run.ask(order));
  });
  setHandler(releaseOrder, async (signed) => {
    refuse(releaseProblem({ ...signed, kind: "release" }));
    const release = { ...(await asked("releaseOrder", signed)), kind: "release" as const };
    refuseNew(release, () => run.unreleasable(release.orderId));
    return answered(run.ask(release));
  });
  setHandler(freezeCommands, async (signed) => {
    refuseNew(signed, () => freezeProblem(plan, signed, run.freezes));
    const request = await asked<FreezeRequest>("freezeCommands", signed);
    refuseNew(request, () => freezeProblem(plan, request, run.freezes));
    await beforeTheEnd(keepFreeze(plan.siteId, request));
    return answered(run.ask(request));
  });
  setHandler(stopMachines, async (signed) => {
    refuseNew(signed, () => stopProblem(plan, signed, run.stops()));
    const request = await asked<StopRequest>("stopMachines", signed);
    refuseNew(request, () => stopProblem(plan, request, run.stops()));
    await beforeTheEnd(keepStop(plan.siteId, request));
    return answered(run.ask(request));
  });
  setHandler(configure, async (signed) => {
    refuse(configureProblem(plan, signed));
    const request = await asked<ConfigureRequest>("configure", signed);
    await acceptConfiguration(plan.siteId, request);
    run.configure(request, marketNowOrPaced());
    return { planHash: request.planHash, effectiveAt: request.effectiveAt };
  });
  setHandler(retire, async (signed) => {
    refuse(retireProblem(plan, signed));
    const { at, actor, reason } = await asked<RetireRequest>("retire", signed);
    await beforeTheEnd(keepRetirement({ siteId: plan.siteId, at, actor, reason }));
    isRetired = true;
    return { retiredAt: at };
  });

  await startExport(start);
  if (start.previousRunId === undefined || start.isReconfigured) await survey();
  const unanswered = start.recovered?.unanswered;
  if (unanswered !== undefined) await startDispatch(targetOf(start, unanswered, true), dispatch);

  while (true) {
    if (!run.hasWork && !isRetired) {
      const look = run.ownLook;
      alarm.setTo(look);
      [isParked, answers] = [true, 0];
      // Awaited here, not in a function of its own: each promise of a workflow costs the sandbox a stack trace.
      await condition(() => run.hasWork || isRetired || alarm.hasRung);
      isParked = false;
      const rangAt = alarm.takeRing(look);
      if (rangAt !== undefined && !run.hasWork && !isRetired)
        run.receive({ kind: "wake", id: `wake/${run.ownLook}`, at: rangAt }, rangAt);
    }
    if (!run.hasWork && isRetired) return end();
    const step = run.takeUp();
    if (step.kind === "record") {
      const { recordHash } = await recordDecision(step.record, step.nextLook);
      const target = run.recorded(step.record, recordHash);
      if (target !== undefined) await startDispatch(target, dispatch);
      run.settle(step.record);
      shown.show(run.state);
    }
    for (const finding of run.takeFindings()) await noteFinding(finding);
    if (step.kind === "close" || workflowInfo().continueAsNewSuggested) return end();
  }

  /** Undefined on a paced clock, whose keeper stamps every input. */
  function marketNowOrPaced(): ReturnType<typeof marketNow> | undefined {
    return start.clock.kind === "real" ? marketNow(start.clock) : undefined;
  }

  /**
   * What a run before this one took up, or this one has, is answered by its decision, whatever came of it since. A
   * sender may send anything, also nothing.
   */
  function refuseNew(request: { readonly id: string } | null | undefined, problem: () => string | undefined): void {
    if (request?.id === undefined || !run.wasAsked(request.id)) refuse(problem());
  }

  /** Who is able to run, for the first decision: without it the site decides by what it knew, or by its plan. */
  async function survey(): Promise<void> {
    const { siteId } = plan;
    const about = { siteId, what: "the survey of the fleet", isOptional: true } as const;
    const counted = (await atSite(about, fleetCommand, (own) => own.surveyFleet({ siteId })))?.counted;
    if (counted !== undefined) run.receive(counted, marketNowOrPaced());
  }

  /** An operator's request, admitted; a refusal is an answer too, and goes out before the run ends. */
  async function asked<Request extends { readonly id: string }>(
    update: string,
    signed: Signed<Request>,
  ): Promise<Request> {
    asking += 1;
    try {
      return await beforeTheEnd(admitted(plan.siteId, update, signed));
    } finally {
      asking -= 1;
      answers += 1;
    }
  }

  async function answered(answering: Promise<Answer>): Promise<Answer> {
    const answer = await answering;
    answers += 1;
    return answer;
  }

  /** What a handler waits for, but no longer than the run waits for the handler. */
  function beforeTheEnd<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, condition(() => isOver).then(() => refuse(ENDED_FIRST) as never)]);
  }

  /** An activity that never returns holds no run: whoever waits for it is told that the run ended first. */
  async function everybodyAnswered(): Promise<void> {
    if (allHandlersFinished() || (await condition(allHandlersFinished, ANSWERS_WITHIN))) return;
    isOver = true;
    answers += 1;
    await condition(allHandlersFinished);
  }

  async function end(): Promise<void> {
    alarm.stop();
    run.close();
    await everybodyAnswered();
    // The server may lose an answer given in the task that ends the run: it gets a task of its own. Whoever asks on and
    // on without a pause does not keep the run from its end: the next one answers.
    for (let tasks = 0; answers > 0 && tasks < ANSWER_TASKS_MAX; tasks++) {
      answers = 0;
      await sleep(1, { summary: "answers go out before the run ends" });
      await everybodyAnswered();
    }
    // A new run decides by this program's rules, whatever the run before named.
    const next = run.next(RULE_SET, workflowInfo().runId);
    if (!isRetired) return goOn<typeof runSite>({ typedSearchAttributes: shown.next(run.operatingDay) }, next);
    await startExport(next);
    isParked = true;
  }
}

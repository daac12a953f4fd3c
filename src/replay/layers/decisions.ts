import { RULE_SET } from "../../domain/decision/decide.ts";
import { count, name, object } from "../../domain/inputs/checks.ts";
import { factOf, type SiteInput } from "../../domain/inputs/facts.ts";
import { inputProblem } from "../../domain/inputs/inputProblem.ts";
import { currentRecord, type KeptRecord } from "../../domain/decision/schema1.ts";
import { RECOVERY_RECORDS, siteStateFromRecords } from "../../domain/decision/siteStateFromRecords.ts";
import { reconfigured } from "../../domain/decision/reconfigured.ts";
import { adopt, initialSiteState, unseenSince } from "../../domain/decision/siteState.ts";
import { tightenedPlan } from "../../domain/decision/tightenedPlan.ts";
import type { SiteState } from "../../domain/decision/siteStateModel.ts";
import { canonicalJson } from "../../domain/evidence/canonicalJson.ts";
import { memberAt } from "../../domain/evidence/historyEvent.ts";
import type { GapRecord } from "../../domain/evidence/model.ts";
import type { LedgerCount } from "../../domain/settlement/ledgerCount.ts";
import { absorbAll, recomputeRecord } from "../../domain/evidence/recomputeRecord.ts";
import { planText, recordText } from "../../domain/evidence/recordText.ts";
import { firstDifference, shown } from "../firstDifference.ts";
import { sha256Hex } from "../hash.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedGap } from "../openGap.ts";
import type { OpenedRun } from "../openRun.ts";
import { admittedRequest, operatorUpdates } from "../operatorUpdates.ts";
import {
  activityResultOf,
  arrivalsOf,
  childResultOf,
  childStartedBy,
  type Configured,
  configuredBy,
  recordOf,
  type RunStart,
  runStart,
} from "../siteHistory.ts";
import { noFacts, type SiteFacts } from "../siteFacts.ts";
import type { AuditLayer } from "./layer.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

export type { SiteFacts } from "../siteFacts.ts";

/**
 * Every decision made again from the inputs that arrived, without the workflow: state, input, output, targets, chain of
 * hashes. One object over all runs of a bundle, in order.
 */
export class DecisionCheck {
  readonly facts: SiteFacts;
  readonly #log: LayerLog;
  readonly #arrived = new Map<string, SiteInput[]>();
  readonly #times = new Set<string>();
  #state: SiteState | undefined;
  /** What the run before went by, and what operators' updates brought. */
  #plan: RunStart | undefined;
  readonly #configured: Configured[] = [];
  /** The gap just passed, until the next run has begun. */
  #gap: GapRecord | undefined;
  /** Whether the site's own timer has fired in these histories: its time is the server's, not an input's. */
  #rang = false;

  /** @param facts where what the histories say is put */
  constructor(log: LayerLog, facts: SiteFacts = noFacts()) {
    this.#log = log;
    this.facts = facts;
  }

  onRun({ run, events }: OpenedRun): void {
    if (events[0] === undefined) return;
    const start = runStart(events[0]);
    this.#begin(start, run.file);
    const hashes = new Map<number, string>();
    const sequences = new Map<number, number>();
    const updates = operatorUpdates(start.plan.siteId, events);
    for (const event of events) {
      const where = `${run.file} event ${event.eventId}`;
      const admitted = admittedRequest(updates.get(event.eventId));
      for (const arrival of arrivalsOf(event, admitted)) this.#arrive(arrival, where);
      const configured = configuredBy(event, admitted);
      if (configured !== undefined) this.#configured.push(configured);
      const child = childStartedBy(event);
      if (child !== undefined) this.facts.children.set(child.workflowId, { input: child.input, where });
      this.#rang ||= event.type === "TIMER_FIRED";
      const record = recordOf(event);
      if (record !== undefined) {
        this.#decide(record, start, `${where} decision ${record.sequence}`);
        hashes.set(event.eventId, sha256Hex(recordText(record)));
        sequences.set(event.eventId, record.sequence);
      }
      const ended = childResultOf(event);
      if (ended?.workflowId !== undefined)
        this.facts.dispatchResults.push({ workflowId: ended.workflowId, result: ended.result, where });
      const done = activityResultOf(event, events);
      const counted = done?.type === "surveyFleet" ? memberAt(done.result, "counted") : undefined;
      if (counted !== undefined) this.#arrive(counted as SiteInput, where);
      if (done?.type !== "recordDecision") continue;
      const sequence = sequences.get(done.scheduledEventId);
      if (sequence !== undefined) this.facts.counted.set(sequence, ledgerCounts(memberAt(done.result, "counted")));
      this.#log.same(
        `${where} recordHash answered by the ledger`,
        hashes.get(done.scheduledEventId),
        memberAt(done.result, "recordHash"),
      );
    }
  }

  /** What is lost begins where the histories before it end, and says itself where it ends. */
  onGap({ run, gap }: OpenedGap): void {
    const above = this.#gap === undefined ? this.#state?.revision : this.#gap.lastRevision;
    const last = this.#gap?.lastSequence ?? this.#state?.sequence;
    if (last !== undefined && gap.firstSequence !== undefined)
      this.#log.same(`${run.file} first decision lost`, last + 1, gap.firstSequence);
    this.#gap = gap;
    this.#state = undefined;
    this.facts.gaps.push(gap);
    this.facts.lostRevisions.push({ above, upTo: gap.lastRevision });
  }

  /** The plan is the one that its hash names, and the state is what the run before left. */
  #begin(start: RunStart, file: string): void {
    if (start.ruleSet !== RULE_SET)
      this.#log.note(`${file}: decided by the rules ${start.ruleSet}; this program's rules are ${RULE_SET}`);
    this.#log.same(`${file} planHash`, sha256Hex(planText(start.plan)), start.planHash);
    if (start.recovered !== undefined && this.#state !== undefined) this.#recovered(start, this.#state, file);
    else if (this.#gap !== undefined && this.#state === undefined) {
      const { lastSequence, lastRecordHash, lastRevision } = this.#gap;
      this.#log.same(`${file} decision it goes on after`, lastSequence, start.state.sequence);
      this.#log.same(`${file} hash of that decision`, lastRecordHash, start.state.previousHash);
      this.#log.same(`${file} revision it goes on after`, lastRevision, start.state.revision);
      for (const input of start.pending) this.#arrive(input, `${file} pending`);
      this.#log.note(`${file}: the state after the gap is taken on its word`);
    } else if (this.#state === undefined) {
      for (const input of start.pending) this.#arrive(input, `${file} pending`);
      if (start.state.sequence === 0)
        this.#compare(`${file} first state`, json(initialSiteState(start.plan)), start.state);
      else
        this.#log.note(
          `${file}: the state after decision ${start.state.sequence} is taken on its word, the runs before are not ` +
            `in this bundle`,
        );
    } else {
      const before = this.#plan ?? start;
      const isChanged = before.planHash !== start.planHash;
      this.#isConfigured(before, start, file);
      const inputs = this.#inputs(start.state.inputIds, start.state.asOf, `${file} state`);
      const absorbed = absorbAll(before.plan, this.#state, inputs);
      const left = isChanged ? reconfigured(absorbed, before.plan, start.plan) : absorbed;
      this.#compare(`${file} state handed over`, json(left), start.state);
    }
    this.#gap = undefined;
    this.#plan = start;
    this.#state = start.state;
  }

  /** A site that came back knows what its records say; what its feeds told meanwhile waits for it. */
  #recovered(start: RunStart, { sequence, previousHash, revision }: SiteState, file: string): void {
    for (const input of start.pending) this.#arrive(input, `${file} pending`);
    if (this.#plan !== undefined) this.#isConfigured(this.#plan, start, file);
    const records = this.facts.records.map(({ record }) => record).slice(-RECOVERY_RECORDS);
    if (records[0]?.sequence !== Math.max(1, sequence - RECOVERY_RECORDS + 1)) {
      this.#log.note(`${file}: the recovered state is taken on its word, not all records are in this bundle`);
      this.#log.same(`${file} hash of the decision it goes on after`, previousHash, start.state.previousHash);
      return;
    }
    const { unanswered } = start.recovered ?? {};
    const known = siteStateFromRecords(start.plan, records, { recordHash: previousHash, revision });
    const made = unanswered === undefined ? unseenSince(known) : known;
    this.#compare(`${file} recovered state`, json(made), start.state);
  }

  /**
   * A run goes by what the run before did, or by what an operator's update brought. One that came back by itself may go
   * by tighter lock-outs and lower control, which a start takes up at once.
   */
  #isConfigured(before: RunStart, start: RunStart, file: string): void {
    const { planHash } = start;
    const [was, is] = [before, start].map(({ dispatch }) => canonicalJson(dispatch ?? null));
    this.#log.check();
    const isSame = before.planHash === planHash && was === is;
    if (isSame || this.#configured.some((one) => one.planHash === planHash && one.dispatch === is)) return;
    const { plan, atOnce } = tightenedPlan(before.plan, start.plan);
    const isTighter = sameValue(plan, start.plan);
    if (start.recovered !== undefined && isTighter && was === is)
      this.#log.note(`${file}: the site came back under plan ${planHash}: ${atOnce.join("; ")}; nobody signed that`);
    else if (before.planHash !== planHash)
      this.#log.find(`${file} plan`, "the plan before, or one that an operator's update brought", planHash);
    else this.#log.find(`${file} dispatch`, `${was}, as before, or what an operator's update brought`, String(is));
  }

  #arrive(input: SiteInput, where: string): void {
    this.#times.add(input.at);
    const earlier = this.#arrived.get(input.id);
    if (earlier === undefined) this.#arrived.set(input.id, [input]);
    else earlier.push(input);
    this.facts.arrivals.push({ input, where });
  }

  #decide(recorded: KeptRecord, start: RunStart, where: string): void {
    this.facts.records.push({ record: currentRecord(recorded), start, where });
    if (recorded.schema === "ballast.decision/1") {
      const found = "one of ballast.decision/1, which the program that wrote it makes again";
      this.#log.find(where, "a decision that the rules can make from the inputs", found);
      return;
    }
    const { plan, planHash, ruleSet } = start;
    const { asOf, inputIds } = recorded.input;
    try {
      this.#asOfIsSomeInputs(asOf, inputIds, where);
      const made = recomputeRecord({
        plan,
        planHash,
        ruleSet,
        state: this.#state!,
        inputs: this.#inputs(inputIds, asOf, where),
        asOf,
      });
      this.#compare(where, json(made.record), recorded);
      this.#state = adopt(plan, made.state, recorded, sha256Hex(recordText(recorded)));
    } catch (error) {
      this.#log.find(
        where,
        "a decision that the rules can make from the inputs",
        `${(error as Error).name}: ${(error as Error).message}`,
      );
    }
  }

  /** A decision is made at the time of an input, of the site's own alarm, or at which one stamped ahead was taken. */
  #asOfIsSomeInputs(asOf: string, inputIds: readonly string[], where: string): void {
    this.#log.check();
    const isBounded = inputIds.some((id) => this.#arrived.get(id)?.some(({ at }) => at > asOf));
    if (!this.#times.has(asOf) && this.#state?.asOf !== asOf && !this.#rang && !isBounded)
      this.#log.find(`${where} asOf`, "the time of an input that arrived", asOf);
  }

  /** Inputs by id, in order. The site's own alarm is a timer of the history and no input. */
  #inputs(ids: readonly string[], asOf: SiteInput["at"] | undefined, where: string): SiteInput[] {
    return ids.flatMap((id): SiteInput[] => {
      this.#log.check();
      const arrived = this.#arrived.get(id);
      // delivered again much later counts again: each taking-up uses the next delivery
      const input = arrived !== undefined && arrived.length > 1 ? arrived.shift() : arrived?.[0];
      const problem = input && refusal(input);
      if (problem !== undefined) this.#log.find(`${where} inputIds`, `${id} as a site takes it up`, problem);
      // one stamped ahead of market time was taken at the site's own time
      if (input !== undefined) return [asOf !== undefined && input.at > asOf ? { ...input, at: asOf } : input];
      if (id.startsWith("wake/") && asOf !== undefined) return [{ kind: "wake", id, at: asOf }];
      this.#log.find(`${where} inputIds`, "inputs that arrived before", `${id}, which did not arrive`);
      return [];
    });
  }

  #compare(where: string, made: unknown, recorded: unknown): void {
    this.#log.check();
    const difference = firstDifference(made, recorded);
    if (difference !== undefined)
      this.#log.find(
        `${where} ${difference.path}`,
        `${shown(difference.expected)} (made again)`,
        `${shown(difference.found)} (recorded)`,
      );
  }
}

/** Whether a site refuses what reached its mailbox; operators' words are checked as they are admitted. */
function refusal(input: SiteInput): string | undefined {
  const fact = factOf(input.kind);
  return fact === undefined || fact.isAsked === true ? undefined : inputProblem(input);
}

/** What an activity answered of the ledger's counts, whatever stands there. */
function ledgerCounts(counted: unknown): readonly LedgerCount[] {
  return Array.isArray(counted) ? counted.filter((one): one is LedgerCount => ledgerCount(one) === undefined) : [];
}
const ledgerCount = object({ cohortId: name, machines: count });

/** As the value went through a payload: members that are undefined are not there, -0 is 0. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export const decisions = {
  name: "decisions",
  what: "every decision recomputed from its inputs, bit for bit",
  needs: "replay",
  dependsOnBuild: true,
  check({ facts }, log) {
    const check = new DecisionCheck(log, facts);
    return { gap: (gap) => check.onGap(gap), replayed: (run) => check.onRun(run) };
  },
} as const satisfies AuditLayer;

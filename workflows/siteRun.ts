import { absorb } from "../src/domain/decision/absorb.ts";
import { boundedInputs } from "../src/domain/decision/boundedInput.ts";
import { decide } from "../src/domain/decision/decide.ts";
import { freezesOnceTaken } from "../src/domain/decision/freezes.ts";
import { stopsOnceTaken } from "../src/domain/decision/stopProblem.ts";
import type { Freeze } from "../src/domain/inputs/freezes.ts";
import type { DecisionRecord } from "../src/domain/decision/model.ts";
import { isUnproven, latestStamp, adopt, decisionInput } from "../src/domain/decision/siteState.ts";
import { nextLookAfter, ownLookAfter } from "../src/domain/decision/nextLook.ts";
import { nextRecord } from "../src/domain/decision/nextRecord.ts";
import { currentState } from "../src/domain/decision/schema1.ts";
import { unreleasable } from "../src/domain/decision/unreleasable.ts";
import { recordProblem } from "../src/domain/decision/recordProblem.ts";
import type { SiteFinding } from "../src/domain/decision/siteFinding.ts";
import type { SiteState } from "../src/domain/decision/siteStateModel.ts";
import { factOf, type SiteInput } from "../src/domain/inputs/facts.ts";
import type { DispatchPlan } from "../src/domain/dispatch/model.ts";
import { dayEnd, nextDay } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { addSeconds, earlierOf, type Instant } from "../src/domain/units/instant.ts";
import type { Answer, ConfigureRequest, RunSiteInput } from "./contracts.ts";
import { SiteAnswers } from "./siteAnswers.ts";
import { SiteFindings } from "./siteFindings.ts";
import { targetOf } from "./targetOf.ts";
import { WaitingConfiguration } from "./waitingConfiguration.ts";

/** A site whose rules failed looks again this soon, market seconds. */
const LOOK_AGAIN_SECONDS = 300;

/** What the site's loop does next. */
export type Step =
  | { readonly kind: "record"; readonly record: DecisionRecord; readonly nextLook: Instant }
  | { readonly kind: "taken-up" }
  | { readonly kind: "close" };

/**
 * One run of a site without Temporal: what waits in its mailbox, what it knows, what it does next, and whom it still
 * owes an answer. Handlers only put in; the loop alone takes out. Whoever asked is answered: by the decision that took
 * the order up, or, when the run closes before that, by the word that the next run has it.
 */
export class SiteRun {
  readonly #start: RunSiteInput;
  readonly #answers: SiteAnswers;
  readonly #findings: SiteFindings;
  #queue: SiteInput[];
  #taken: SiteInput[] = [];
  #day: OperatingDay;
  readonly #configuration: WaitingConfiguration;
  state: SiteState;
  nextLook: Instant;
  #ownLook: Instant;

  constructor(start: RunSiteInput) {
    this.#start = start;
    this.#queue = [...start.pending];
    this.#findings = new SiteFindings(start.plan.siteId);
    this.#answers = new SiteAnswers(start.answered ?? []);
    this.#day = start.operatingDay;
    this.state = currentState(start.state);
    this.#configuration = new WaitingConfiguration(start.configuration);
    this.#ownLook = this.nextLook = start.nextLook ?? dayEnd(start.operatingDay);
  }

  /** Operating day of this run, or, once it closes with its day, of the next. */
  get operatingDay(): OperatingDay {
    return this.#day;
  }

  /** When the site looks again by itself: also when a configuration that waits comes into force. */
  get ownLook(): Instant {
    return earlierOf(this.#ownLook, this.#configuration.effectiveAt);
  }

  get hasWork(): boolean {
    return this.#queue.length > 0;
  }

  /** What a signal holds, stamped no later than market time `now` allows; what is no input is noted and left. */
  receive(input: SiteInput, now: Instant | undefined): void {
    for (const { taken, problem } of boundedInputs(input, now)) {
      if (problem !== undefined) this.#findings.note(problem, now, taken === undefined ? [] : [taken]);
      if (taken !== undefined) this.#queue.push(taken);
    }
  }

  /** An order or a release; resolves when it is decided or carried over. Asked again, it is the same question. */
  ask(input: SiteInput): Promise<Answer> {
    const known = this.#answers.given(input.id);
    if (known !== undefined) return Promise.resolve(known);
    if (!this.#queue.some(({ id }) => id === input.id)) this.#queue.push(input);
    return this.#answers.to(input.id);
  }

  /** Takes up what waits; what the rules cannot digest is noted. What rides along begins no site by itself. */
  takeUp(): Step {
    const asOf = latestStamp(this.#queue, this.state.asOf);
    const isDayOver = asOf !== undefined && asOf >= dayEnd(this.#start.operatingDay);
    if (isDayOver) this.#day = nextDay(this.#start.operatingDay);
    if (isDayOver || this.#configuration.isDueAt(asOf)) {
      // What came may have overtaken the wake that is due, and alone change nothing: the next run looks at once.
      if (this.#start.clock.kind === "real") this.nextLook = asOf ?? this.nextLook;
      else if (isDayOver) this.nextLook = dayEnd(this.#day);
      return { kind: "close" };
    }
    [this.#taken, this.#queue] = [this.#queue, []];
    const isBeforeFirst = this.state.sequence === 0 && this.#taken.every(({ kind }) => factOf(kind)?.rides === true);
    const isRelevant = this.#taken.map((input) => this.#absorbed(input)).includes(true) && !isBeforeFirst;
    // Whatever arrives after the instant at which the site was to look again makes it look, unless a keeper wakes it.
    const isDue = this.#start.clock.kind === "real" && asOf !== undefined && asOf >= this.nextLook;
    const made = (isRelevant || isDue) && asOf !== undefined ? this.#decided(asOf) : "nothing to decide";
    if (typeof made === "string") this.#settle(made);
    if (typeof made === "string") return { kind: "taken-up" };
    return { kind: "record", record: made, nextLook: earlierOf(this.nextLook, this.#configuration.effectiveAt) };
  }

  /** The ledger holds the record: it is what the site goes by. Returns what the fleet is to do, if anything. */
  recorded(record: DecisionRecord, recordHash: string): DispatchPlan | undefined {
    const unconfirmed = isUnproven(this.state);
    this.state = adopt(this.#start.plan, this.state, record, recordHash);
    return record.dispatch === undefined ? undefined : targetOf(this.#start, record, unconfirmed);
  }

  /** The decision is recorded and its dispatch begun: whoever asked for it is answered. */
  settle = (record: DecisionRecord): void => this.#settle(record.output.sentence);

  /** What was noted since the last call. */
  takeFindings = (): SiteFinding[] => this.#findings.take();

  /** A plan that comes into force at its moment, with the next run; one that waited before is replaced. */
  configure(request: ConfigureRequest, now: Instant | undefined): void {
    this.#configuration.replace(request);
    this.receive({ kind: "wake", id: `wake/${request.id}`, at: request.at }, now);
  }

  /** Whether this was asked before: what would refuse it as new, an order it released, is its own doing. */
  wasAsked(id: string): boolean {
    return this.#answers.given(id) !== undefined || [...this.#queue, ...this.#taken].some((one) => one.id === id);
  }

  /** The freezes in force once everything that waits is taken up. */
  get freezes(): readonly Freeze[] {
    return freezesOnceTaken(this.state.freezes ?? [], this.#queue);
  }

  /** The safety stops once everything that waits is taken up. */
  stops = () => stopsOnceTaken(this.state, this.#queue);

  /** Why nothing of this name can be released, for whoever asked; undefined when it can. */
  unreleasable = (orderId: string) => unreleasable(this.#start.plan, this.state, this.#queue, orderId);

  /** No more is taken up: whoever waits, and whoever asks from here on, is told that the next run has it. */
  close = (): void => this.#answers.close();

  /** What the next run starts with; what has not been taken up goes with it. */
  next(ruleSet: string, previousRunId: string): RunSiteInput {
    const { configuration: _, isReconfigured: __, ...start } = this.#start;
    return {
      ...start,
      ...this.#configuration.forNext(this.#start, this.state),
      ruleSet,
      operatingDay: this.#day,
      nextLook: this.nextLook,
      pending: this.#queue,
      answered: this.#answers.kept(),
      previousRunId,
      recovered: undefined,
    };
  }

  /** Whether a decision could come out otherwise because of it. */
  #absorbed(input: SiteInput): boolean {
    try {
      const absorbed = absorb(this.#start.plan, this.state, input);
      this.state = absorbed.state;
      if (absorbed.problem !== undefined) this.#findings.note(absorbed.problem, input.at, [input]);
      return absorbed.relevant;
    } catch (error) {
      this.#findings.note(`${input.kind} cannot be taken up: ${String(error)}`, input.at, [input]);
      return false;
    }
  }

  /** The next record, or why there is none. */
  #decided(asOf: Instant): DecisionRecord | string {
    const { plan, planHash, ruleSet } = this.#start;
    this.#ownLook = this.nextLook = addSeconds(asOf, LOOK_AGAIN_SECONDS);
    try {
      const input = decisionInput(plan, this.state, asOf);
      const record = nextRecord({ plan, planHash, state: this.state, input, output: decide(plan, input), ruleSet });
      const problem = recordProblem(record);
      if (problem !== undefined) return this.#findings.note(problem, asOf, this.#taken);
      this.nextLook = nextLookAfter(record);
      this.#ownLook = ownLookAfter(plan, record);
      return record;
    } catch (error) {
      return this.#findings.note(`no decision: ${String(error)}`, asOf, this.#taken);
    }
  }

  #settle(sentence: string): void {
    const { sequence } = this.state;
    for (const { id, kind } of this.#taken.splice(0))
      if (factOf(kind)?.isAsked === true) this.#answers.give({ kind: "decided", id, sequence, sentence });
  }
}

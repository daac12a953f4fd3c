import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { StopInput } from "../src/domain/inputs/safetyStops.ts";
import type { MarketObservation } from "../src/domain/inputs/marketFacts.ts";
import type { OperatorOrder } from "../src/domain/inputs/orders.ts";
import type { DecisionRecord, SitePlan } from "../src/domain/decision/model.ts";
import type { Configuration } from "../src/domain/decision/configureProblem.ts";
import type { SiteState } from "../src/domain/decision/siteStateModel.ts";
import type { DispatchPlan } from "../src/domain/dispatch/model.ts";
import type { ContractId, SiteId } from "../src/domain/units/ids.ts";
import type { RealClock } from "../src/domain/units/marketTime.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import type { SettlementKind } from "../src/domain/settlement/model.ts";
import type { Signed } from "../src/domain/evidence/operatorProof.ts";
import type { Instant } from "../src/domain/units/instant.ts";

/** `paced`: an outside keeper wakes the site at market instants; `real`: the workflow's own timer does. */
export type RunClock = RealClock | { readonly kind: "paced" };

export interface DispatchSettings {
  /** Machines in one activity. */
  readonly batchSize: number;
  /** Market seconds from the order to the deadline on the meter. */
  readonly deadlineSeconds: number;
  /** Market seconds between a wave of writes and its read-back, load going down and load coming back. */
  readonly settleDownSeconds: number;
  readonly settleUpSeconds: number;
  /** Times stragglers are driven again before they go on the operator's list. */
  readonly redrivesMax: number;
  /**
   * Market seconds for which a controller that died while it wrote keeps the fleet's slowest machines from others: the
   * last re-drive comes later.
   */
  readonly abandonedControlSeconds: number;
}

export interface RunSiteInput {
  readonly plan: SitePlan;
  readonly planHash: string;
  readonly ruleSet: string;
  readonly clock: RunClock;
  readonly dispatch: DispatchSettings;
  readonly operatingDay: OperatingDay;
  readonly state: SiteState;
  /** Taken up before anything else; what a closing run had not yet looked at. */
  readonly pending: readonly SiteInput[];
  /** When the site must look again without input; the end of the operating day at the latest. */
  readonly nextLook?: Instant;
  /** What was answered lately: who asks again hears the same, also of the next run. */
  readonly answered?: readonly Answer[];
  /** A plan that comes into force later. */
  readonly configuration?: ConfigureRequest;
  /** This run is the first under its plan: the machines of the site are read before it decides. */
  readonly isReconfigured?: true;
  /** The run before this one: exported as evidence beside this one. */
  readonly previousRunId?: string;
  /** Set in a first run that follows one which ended without handing its state over. */
  readonly recovered?: Recovery;
}

/** How a site came back after its run had ended: its state was made again from its own records. */
export interface Recovery {
  /** The run that ended: exported while the server has it, else a gap in the evidence. */
  readonly runId: string;
  /** Why it ended, as far as it is known. */
  readonly cause: string;
  /** Who let the site go on: an operator's name, or `ballast` where it came back by itself. */
  readonly actor: string;
  /** The newest record that commanded the fleet, where the meter has not answered it: its targets are driven again. */
  readonly unanswered?: DecisionRecord;
}

/**
 * What whoever asked a site hears. `decided`: the sequence and sentence of the decision that took the order or release
 * up. `carried-over`: the run closed before that and the next one has it; asked again, the site gives its decision.
 */
export type Answer =
  | { readonly kind: "decided"; readonly id: string; readonly sequence: number; readonly sentence: string }
  | { readonly kind: "carried-over"; readonly id: string };

export interface ReleaseRequest {
  readonly id: string;
  readonly at: Instant;
  readonly orderId: string;
  readonly actor: string;
  readonly reason: string;
}

/** What `ballast apply` sends: a new plan, and how its dispatches are driven. */
export interface ConfigureRequest extends Configuration {
  readonly dispatch: DispatchSettings;
}

/** What takes a site out of service for good. */
export interface RetireRequest {
  readonly id: string;
  readonly at: Instant;
  readonly actor: string;
  readonly reason: string;
}

/** A safety stop of a cohort or of the whole site, or its end. */
export type StopRequest = StopInput;

export type FreezeRequest = Extract<SiteInput, { kind: "freeze" | "thaw" }>;

export interface WatchFeedInput {
  readonly feedId: string;
  readonly kind: "market" | "registers" | "fleet";
  readonly operatingDay: OperatingDay;
  readonly siteIds: readonly SiteId[];
  /** Which database the feed is written to. */
  readonly ledgerId?: string;
  /** Not on a paced clock. */
  readonly watchdog?: FeedWatchdog;
}

/** How a feed's workflow notices that nobody watches the feed, on the real clock. */
export interface FeedWatchdog {
  /** Real seconds after which the workflow itself tells a site, when it hears nothing of its activity. */
  readonly seconds: number;
  /** The same of sites with limits of their own, by site. */
  readonly patience?: Readonly<Record<string, number>>;
  /** Seconds on top of a site's limit: the activity tells first. */
  readonly graceSeconds: number;
  /** The activity returns within this, news or not; well below `seconds`, so that a worker may be restarted. */
  readonly hearEverySeconds: number;
  readonly silentAs: MarketObservation["kind"];
  /** The sites are told in its market time. */
  readonly clock: RealClock;
  /** Sites that the run before has told of a silence that lasts: this one tells its end. */
  readonly told?: readonly string[];
}

export interface DispatchTargetInput {
  readonly plan: DispatchPlan;
  readonly settings: DispatchSettings;
}

export interface SettleDayInput {
  readonly siteId: SiteId;
  readonly operatingDay: OperatingDay;
  /** The day stays open this long after its last correction, real seconds. */
  readonly openSeconds: number;
  /** From the run before this one; absent in the first. */
  readonly carried?: {
    /** Not yet settled, in order. */
    readonly requests: readonly SettleRequest[];
    readonly version: number;
    readonly closesAt: Instant;
  };
}

/** A day stays open until its true-up is disputed out: 200 days after the last correction, real seconds. */
export const SETTLEMENT_OPEN_SECONDS = 200 * 86_400;

/** What a site's schedules start with. */
export interface CloseInput {
  readonly siteId: SiteId;
  readonly contracts: readonly {
    readonly contractId: ContractId;
    readonly effectiveFrom: OperatingDay;
    readonly effectiveTo?: OperatingDay;
  }[];
}

export interface SettleRequest {
  readonly id: string;
  readonly kind: SettlementKind;
  readonly why: string;
}

export interface IssueStatementInput {
  readonly siteId: SiteId;
  readonly contractId: ContractId;
  readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  /** The person who asked for it, who is told of a refusal; absent when a month is closed. */
  readonly askedBy?: string;
}

export const siteInput = defineSignal<[SiteInput]>("siteInput");
export const placeOrder = defineUpdate<
  Answer,
  [Signed<{ readonly id: string; readonly at: Instant; readonly order: OperatorOrder }>]
>("placeOrder");
export const releaseOrder = defineUpdate<Answer, [Signed<ReleaseRequest>]>("releaseOrder");
/** Commands to a cohort, or to the whole site, are frozen, or may go again. */
export const freezeCommands = defineUpdate<Answer, [Signed<FreezeRequest>]>("freezeCommands");
/** Machines go off at once, or may start again. */
export const stopMachines = defineUpdate<Answer, [Signed<StopRequest>]>("stopMachines");
/** The only way in which the plan of a running site changes. */
export const configure = defineUpdate<Pick<Configuration, "planHash" | "effectiveAt">, [Signed<ConfigureRequest>]>(
  "configure",
);
/** The site's last: no command goes out from its acceptance on, and its run ends once what waits is answered. */
export const retire = defineUpdate<{ readonly retiredAt: Instant }, [Signed<RetireRequest>]>("retire");
/** True when nothing is queued, in flight or being recorded. */
export const idle = defineQuery<boolean>("idle");
export const settleAgain = defineSignal<[SettleRequest]>("settleAgain");

/**
 * The queue of what touches a site's own machines and meters: whoever can reach them serves it, the worker of the book
 * or a process at the site.
 */
export function siteQueueOf(bookQueue: string, siteId: string): string {
  return `${bookQueue}/site/${siteId}`;
}

export const workflowIds = {
  site: (siteId: SiteId): string => `site/${siteId}`,
  /** A feed is shared by the sites of a book. */
  feed: (bookId: string, feedId: string): string => `feed/${bookId}/${feedId}`,
  registers: (siteId: SiteId): string => `feed/${siteId}/registers`,
  fleet: (siteId: SiteId): string => `feed/${siteId}/fleet`,
  dispatch: (siteId: SiteId, revision: number): string => `dispatch/${siteId}/${revision}`,
  exported: (siteId: SiteId, runId: string): string => `export/${siteId}/${runId}`,
  settlement: (siteId: SiteId, day: OperatingDay): string => `settlement/${siteId}/${day}`,
  statement: (siteId: SiteId, contractId: ContractId, period: { from: OperatingDay; to: OperatingDay }): string =>
    `statement/${siteId}/${contractId}/${period.from}..${period.to}`,
};

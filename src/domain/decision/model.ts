import type { FrozenFacts } from "../inputs/facts.ts";
import type { Instant } from "../units/instant.ts";
import type { Setpoint } from "../units/setpoint.ts";
import type { ExpectedIntervalPrice, IntervalKey } from "../market/model.ts";
import type { AttributedKw, BrokenBand } from "./attributed.ts";
import type { Reason } from "./rules/index.ts";
import type { PolicyKind } from "./policies/index.ts";
import type { Split } from "./split.ts";
import type { SettlementPoint } from "../market/settlementPoint.ts";

export type { Reason };

export type Control = "observe" | "advise" | "act";

/** An operating mode of a cohort, per machine. Modes of a cohort are ordered by power, `off` first. */
export interface OperatingMode {
  /** `off`, an underclock step such as `415MHz`, or `normal`. */
  readonly modeId: string;
  /** Hashrate of one machine, TH/s; 0 when off. */
  readonly hashrateThs: number;
  /** Power of one machine, W, at the wall; the residual draw when off. */
  readonly powerW: number;
  /** What a machine is told to hold in this mode. */
  readonly setpoint: Setpoint;
}

/** Machines of one model, firmware, controller and client contract. */
export interface CohortPlan {
  readonly cohortId: string;
  readonly clientId: string;
  readonly model: string;
  readonly firmware: string;
  readonly machines: number;
  /** ≥ 2, ascending by power; [0] is `off`, the last is `normal` (or boost). */
  readonly modes: readonly OperatingMode[];
  /** The mode to return to when nothing curtails. */
  readonly normalModeId: string;
  readonly control: Control;
  readonly minOffMinutes: number;
  readonly minOnMinutes: number;
  readonly lockedOut: boolean;
  /**
   * W at the feeder of the client for each machine W: 1 where the feeder carries none of the cooling. Money counts by
   * it, decisions by the site's `pue`. Absent in plans of sites that did not say where cooling is metered.
   */
  readonly feederPue?: number;
}

/** Simple live policy: off above K + (`offFactor` − 1)·G, on below K − (1 − `onFactor`)·G. */
export interface EconomicPolicy {
  /** `hysteresis` when absent. */
  readonly kind?: PolicyKind;
  readonly offFactor: number;
  readonly onFactor: number;
  /** Share of the last settled adder expected in the running interval: 0.5, or 0 for none. */
  readonly adderShare: number;
}

export interface EeaPolicy {
  /** Per level: curtail everything, only block restarts, or leave it to the price. */
  readonly watch: EeaAction;
  readonly conservation: EeaAction;
  readonly eea1: EeaAction;
  readonly eea2: EeaAction;
  readonly eea3: EeaAction;
}
export type EeaAction = "curtail" | "no-restart" | "none";
/** What a low PRC alone does, nothing being declared: block restarts, or nothing. */
export type PreAlertAction = Exclude<EeaAction, "curtail">;

/**
 * What a site does when an input is silent: keep the modes it has (grid condition: keep the level, start nothing), go
 * to `off`, or carry on without it (no price or hashprice: run everything; another input: the price decides as before).
 */
export type SilenceAction = "hold" | "curtail" | "run";
export interface SilencePolicy {
  readonly scedPrice: SilenceAction;
  readonly hashprice: SilenceAction;
  readonly gridCondition: SilenceAction;
  readonly meter: SilenceAction;
}

export interface StalenessLimits {
  /** SCED price older than this acts as `onSilence.scedPrice`; 600 unless configured. */
  readonly scedPriceSeconds: number;
  readonly gridConditionSeconds: number;
  readonly hashpriceSeconds: number;
}

/** Everything about a site that does not change while a run lasts. Its content hash is in every decision. */
export interface SitePlan extends SettlementPoint {
  readonly siteId: string;
  readonly control: Control;
  readonly cohorts: readonly CohortPlan[];
  readonly economic: EconomicPolicy;
  readonly onEea: EeaPolicy;
  readonly onPrcPreAlert: PreAlertAction;
  readonly onSilence: SilencePolicy;
  readonly staleness: StalenessLimits;
  /** Load that is never curtailed for money, kW at the site meter: tenants, and the house; none when absent. */
  readonly firmKw?: number;
  readonly houseKw?: number;
  /** W at the site meter for each machine W: cooling and losses, wherever in the site they are. */
  readonly pue: number;
  /** 0..1 */
  readonly poolFee: number;
  /** Volumetric adders that disappear with the load, $/MWh, summed. */
  readonly avoidableAddersUsdPerMwh: number;
  readonly priceFloorUsdPerMwh: number;
  readonly priceCapUsdPerMwh: number;
  /** MW that may move on one uncorroborated source. */
  readonly singleSourceMwMax: number;
  /** `assumed-normal` in a replay that has no grid feed: marked in every record. */
  readonly gridSource: "feed" | "assumed-normal";
}

/** Changing part of a cohort. */
export interface CohortState {
  readonly cohortId: string;
  readonly split: Split;
  /** When it entered `split`; absent before the first change, then no hold applies. */
  readonly since?: Instant;
  /** What it left at `since`: a hold time keeps a cohort from reversing that move, not from continuing it. */
  readonly leftSplit?: Split;
  /** Why it left; `reason` is why it is where it is, which changes without a move. */
  readonly movedBy?: Reason;
  readonly reason: Reason;
}

/** Everything a decision looks at that changes, frozen into its record: every fact, and what the site itself is at. */
export interface DecisionInput extends FrozenFacts {
  readonly asOf: Instant;
  readonly intervalKey: IntervalKey;
  readonly intervalStart: Instant;
  readonly cohorts: readonly CohortState[];
  /** Ids of the mailbox inputs taken up since the previous record, in order. */
  readonly inputIds: readonly string[];
}

/** A neighboring pair of modes and the prices that separate them. */
export interface ModeComparison {
  readonly lowerModeId: string;
  readonly upperModeId: string;
  /** Value of the step up, $/h for the whole cohort: Δhashrate · hashprice · (1 − pool fee) / 24. */
  readonly valueUsdPerH: number;
  /** Cost of the step up, $/h: ΔMW · (expected price + adders). */
  readonly costUsdPerH: number;
  readonly deltaMw: number;
  /** Gross value G of the step up, $/MWh: value ÷ MW. */
  readonly grossUsdPerMwh: number;
  /** Marginal strike K, $/MWh: G net of avoidable adders. */
  readonly strikeUsdPerMwh: number;
  readonly offAboveUsdPerMwh: number;
  readonly onBelowUsdPerMwh: number;
}

export interface CohortDecision {
  readonly cohortId: string;
  /** Machines that the splits are over. */
  readonly ableMachines: number;
  readonly fromSplit: Split;
  readonly split: Split;
  /** What keeps it from going further up; at normal, what put it there. */
  readonly reason: Reason;
  /**
   * Every kW below normal of the able machines with its one reason, from normal downwards: first what the highest rule
   * takes, last what keeps the cohort where it is.
   */
  readonly curtailed: readonly AttributedKw[];
  /** kW that the price would drop and a floor keeps on; absent where there are none. */
  readonly heldOnBy?: readonly AttributedKw[];
  /** Reasons that would have led to the same or a lower mode, below the one that won. */
  readonly alsoApplicable: readonly Reason[];
  readonly comparisons: readonly ModeComparison[];
  /**
   * Until when something keeps machines where the price would not leave them: a hold time, the wait for the interval's
   * first run, or the single-source limit.
   */
  readonly heldUntil?: Instant;
  /** What the price alone would choose. */
  readonly priceWish?: Split;
  /** One sentence for a person; every number in it is in the record. */
  readonly sentence: string;
}

export interface DispatchTarget {
  readonly cohortId: string;
  readonly split: Split;
  readonly fromSplit: Split;
}

export interface DecisionOutput {
  readonly expectedPrice?: ExpectedIntervalPrice;
  readonly cohorts: readonly CohortDecision[];
  /** Bounds that do not hold; absent where all do. */
  readonly broken?: readonly BrokenBand[];
  /** Whether any machine changes its mode. */
  readonly changes: boolean;
  /** The earliest market instant at which this decision must be looked at again without new input. */
  readonly nextWakeAt?: Instant;
  readonly sentence: string;
}

/** What leaves the workflow as a regular activity's input: the evidence of one decision. */
export interface DecisionRecord {
  readonly schema: "ballast.decision/2";
  readonly siteId: string;
  /** 1, 2, 3 ... over the site's life. */
  readonly sequence: number;
  readonly ruleSet: string;
  readonly planHash: string;
  readonly input: DecisionInput;
  readonly output: DecisionOutput;
  /** Set when the fleet is commanded: the revision and its targets (every cohort's desired modes). */
  readonly dispatch?: { readonly revision: number; readonly targets: readonly DispatchTarget[] };
  /** Hash of the previous record, `genesis` for the first. */
  readonly previousHash: string;
}

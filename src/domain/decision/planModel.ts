import type { HashpriceRule } from "../inputs/madeHashprice.ts";
import type { ListedSource } from "../inputs/siteFact.ts";
import type { PeakRuling } from "../market/peakPlan.ts";
import type { SettlementPoint } from "../market/settlementPoint.ts";
import type { ClientId, CohortId, SiteId } from "../units/ids.ts";
import type { Setpoint } from "../units/setpoint.ts";
import type { ReservePlan } from "./reservePlan.ts";

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
  readonly cohortId: CohortId;
  readonly clientId: ClientId;
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
  /** Name of one of the policies; `hysteresis` when absent. */
  readonly kind?: string;
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

/** How a site avoids the coincident peaks that transmission is charged by. */
export interface PeakPolicy extends PeakRuling {
  /** 0..1: an interval whose chance is less is never called. */
  readonly leastProbability: number;
  /** Minutes of hashing that a restart loses. */
  readonly restartMinutes: number;
  /** Days of a month on which it may be off for a peak; no cap when absent. */
  readonly maxEventDaysPerMonth?: number;
}

/** Everything about a site that does not change while a run lasts. Its content hash is in every decision. */
export interface SitePlan extends SettlementPoint {
  readonly siteId: SiteId;
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
  /** How a hashprice is made of network and price; absent where a feed says it as a whole. */
  readonly hashprice?: HashpriceRule;
  /** How it avoids coincident peaks; absent where it does not. */
  readonly coincidentPeak?: PeakPolicy;
  /** What it sells of ancillary services; absent where it sells none. */
  readonly reserve?: ReservePlan;
  /** The feeds of each kind of fact that is known by source, each with its age limit; absent in older plans. */
  readonly factSources?: Readonly<Record<string, readonly ListedSource[]>>;
}

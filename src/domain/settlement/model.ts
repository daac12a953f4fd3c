import type { ClientId, CohortId, ContractId, MeterId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { OperatingDay, SettlementInterval } from "../market/model.ts";
import type { Reason } from "../decision/model.ts";
import type { Supply } from "./supply.ts";
import type { CreditTerms, EnergyTerms, MonthlyFields } from "./terms/index.ts";
import type { SettlementPoint } from "../market/settlementPoint.ts";

export type { Supply } from "./supply.ts";

/** Which of ERCOT's statements (or our own earlier estimate) a version of a day follows. */
export type SettlementKind = "shadow" | "initial" | "final" | "true-up" | "resettlement";

/** One dated version of a hosting contract. Intervals use the version in force at the interval's start. */
export interface Contract extends MonthlyFields {
  readonly contractId: ContractId;
  readonly version: number;
  readonly clientId: ClientId;
  readonly clientName: string;
  /** First operating day, inclusive. */
  readonly effectiveFrom: OperatingDay;
  /** First operating day no longer covered; open when absent. */
  readonly effectiveTo?: OperatingDay;
  readonly energy: EnergyTerms;
  readonly credit: CreditTerms;
  readonly contractedKw: number;
  readonly rounding: "half-even" | "half-up";
  readonly disputeDays: number;
}

/** One client's machines below normal for one reason during part of an interval. */
export interface CurtailedSpan {
  readonly clientId: ClientId;
  readonly cohortId: CohortId;
  readonly reason: Reason;
  readonly seconds: number;
  /** Nameplate W below normal at the client's feeder, summed over the machines that were able to run. */
  readonly belowNormalW: number;
}

/** A value that an interval cannot be settled without, and why it is not there where that is known. */
export interface MissingValue {
  readonly what: string;
  readonly why?: string;
}

/** What one interval is settled from. A missing value is absent: it marks the interval and blocks the statement. */
export interface IntervalInput {
  readonly interval: SettlementInterval;
  readonly startAt: Instant;
  /** Settlement price version used: whole cents per MWh as text, with the hash of the document it came from. */
  readonly price?: { readonly centsPerMwh: string; readonly version: number; readonly contentHash: string };
  /** Why there is no price although one was published. */
  readonly priceMissing?: string;
  readonly siteEnergyWh?: string;
  /** Why the site's register gives no energy. */
  readonly siteEnergyMissing?: string;
  readonly feeders: readonly {
    readonly clientId: ClientId;
    readonly energyWh?: string;
    readonly energyMissing?: string;
  }[];
  /** Telemetry baseline per client at its feeder: machines able to run × their normal power × 900 s, Wh. */
  readonly baselines: readonly { readonly clientId: ClientId; readonly baselineWh: string }[];
  readonly curtailed: readonly CurtailedSpan[];
  /** Clients that came to the site later: neither machines nor a feeder of theirs were there. Absent when none. */
  readonly notConnected?: readonly string[];
}

/** A meter that was found frozen after the day had ended; its register had stood since a boundary of the day. */
export interface FoundFrozenLater {
  readonly meterId: MeterId;
  /** Last boundary of the day at which its register was read. */
  readonly standsSince: Instant;
  /** First boundary after the day at which it was read, and had not moved. */
  readonly foundAt: Instant;
}

/** A meter that a day is settled by; Wh as integer text. */
export interface DayMeter {
  readonly meterId: MeterId;
  /** Absent for the site meter. */
  readonly clientId?: ClientId;
  readonly rolloverWh: string;
  readonly plausibleMaxWh?: string;
  /** Last boundary at which it was read, of a client that left the site during the day. */
  readonly readUntil?: Instant;
}

/** From when on in a day a client's energy was counted with how much of the cooling. */
export interface FeederCooling {
  readonly clientId: ClientId;
  readonly since: Instant;
  /**
   * W at the client's feeder for each machine W: 1 where the cooling is metered at the site alone; absent where counted
   * by the site's PUE.
   */
  readonly feederPue?: number;
}

export interface SettlementDayInput extends SettlementPoint {
  readonly schema: "ballast.settlement-day/1";
  readonly siteId: SiteId;
  readonly operatingDay: OperatingDay;
  /** 1, 2, 3 ... for the day. */
  readonly version: number;
  readonly kind: SettlementKind;
  readonly contracts: readonly Contract[];
  readonly supply: Supply;
  /** The meters that the day is settled by; absent in days that were settled before they were kept. */
  readonly meters?: readonly DayMeter[];
  /** The plane of baselines and curtailed spans, by client and time; absent where counted by the site's PUE. */
  readonly cooling?: readonly FeederCooling[];
  /** 92, 96 or 100, ascending. */
  readonly intervals: readonly IntervalInput[];
  /** What the next day had found of this day's meters when the version was made. Absent when nothing. */
  readonly foundFrozenLater?: readonly FoundFrozenLater[];
}

/** A settled day with the terms and facts that it was settled from. */
export interface DaySettlement {
  readonly input: SettlementPoint & Pick<SettlementDayInput, "contracts" | "supply" | "intervals" | "cooling">;
  readonly result: SettledDay;
}

/** Debit positive, credit negative, in 10⁻⁸ US dollars as integer text. Postings of an entry sum to 0. */
export interface Posting {
  readonly account: string;
  readonly amountE8: string;
}

/** Append-only, double-entry. The entry id is the idempotency key. */
export interface JournalEntry {
  readonly entryId: string;
  readonly siteId: SiteId;
  readonly operatingDay: OperatingDay;
  readonly settlementVersion: number;
  readonly effectiveAt: Instant;
  readonly kind: "supply" | "energy-charge" | "curtailment-credit" | "adjustment" | "invoice";
  readonly clientId?: ClientId;
  readonly contractId?: ContractId;
  readonly contractVersion?: number;
  readonly clause?: string;
  readonly reason?: Reason;
  readonly description: string;
  readonly sourceRefs: readonly string[];
  readonly correctionOf?: string;
  /** Statement that posted it, of an entry of kind `invoice`. */
  readonly statementId?: string;
  readonly postings: readonly Posting[];
}

/** What one client owes or is owed for one interval, before any rounding. All amounts 10⁻⁸ USD integer text. */
export interface ClientInterval {
  readonly clientId: ClientId;
  readonly contractId: ContractId;
  readonly contractVersion: number;
  readonly startAt: Instant;
  readonly intervalKey: string;
  readonly energyWh: string;
  readonly baselineWh: string;
  readonly curtailedWh: string;
  readonly priceCentsPerMwh: string;
  readonly priceVersion: number;
  /** Charges by the code of their statement line, positive = due from the client. */
  readonly charges: Readonly<Record<string, string>>;
  /** Gross credit S·ΔE and its split; client + host = gross. */
  readonly grossCreditE8: string;
  readonly clientCreditE8: string;
  readonly hostCreditE8: string;
  /** Gross credit by reason, summing to `grossCreditE8`. */
  readonly byReason: Readonly<
    Partial<Record<Reason, { readonly curtailedWh: string; readonly grossE8: string; readonly clientE8: string }>>
  >;
  /**
   * The amounts above that are finer than 10⁻⁸ USD, as exact fractions `num/den` of it: a charge by its code, the
   * client's credit as `credit:<reason>`. Statement lines add these up; the whole numbers above are what the journal
   * carries.
   */
  readonly exact?: Readonly<Record<string, string>>;
}

/** The identities of a settled day; `differenceE8` and `differenceWh` must be 0. */
export interface SettlementCheck {
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly difference: string;
  readonly holds: boolean;
}

export interface SettledDay {
  readonly siteId: SiteId;
  readonly operatingDay: OperatingDay;
  readonly version: number;
  readonly kind: SettlementKind;
  readonly clientIntervals: readonly ClientInterval[];
  /** Site register − Σ feeders per interval, Wh: what no feeder carries (cooling metered at the site, house load,
   * losses), a line of its own. */
  readonly gapWh: readonly { readonly intervalKey: string; readonly gapWh: string }[];
  readonly entries: readonly JournalEntry[];
  readonly checks: readonly SettlementCheck[];
  /** Intervals without price or meter: never settled as zero. */
  readonly missing: readonly (MissingValue & { readonly intervalKey: string })[];
}

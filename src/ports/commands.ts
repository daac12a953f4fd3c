import type { Demand } from "../domain/inputs/demand.ts";
import type { OperatorOrder } from "../domain/inputs/orders.ts";
import type { OperatingDay } from "../domain/market/model.ts";
import type { CohortId, ContractId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/** What a person asked for is refused by whoever was to do it: the message says why. */
export class RequestRefusedError extends Error {
  override name = "RequestRefusedError";
}

/** Members of an order that an error is about. */
export interface MeantMembers {
  readonly member: keyof OrderRequest;
  /** The one that lets it be asked all the same. */
  readonly allowedBy?: keyof OrderRequest;
}

/**
 * What a person asked for cannot be read, or not be asked now: what, where, what was expected. `meant` says of which
 * member; whoever asks in other words, by options or by form fields, puts its own name for it before the message.
 */
export class RequestUnusableError extends Error {
  override name = "RequestUnusableError";
  readonly meant?: MeantMembers | undefined;

  constructor(message: string, { meant, ...options }: ErrorOptions & { readonly meant?: MeantMembers } = {}) {
    super(message, options);
    this.meant = meant;
  }
}

/** What becomes of something that was asked of a site: the decision that took it up, and when, market time. */
export interface TakenUp {
  readonly sequence: number;
  readonly sentence: string;
  readonly at: Instant;
}

/** An order to a site's cohorts. */
export interface OrderRequest {
  readonly action: OperatorOrder["action"];
  /** How far down a curtailment goes; off when absent. kW at the site meter. */
  readonly demand?: Demand;
  /** A run's floor, kW at the site meter, and the price that breaks it. */
  readonly minKw?: number;
  readonly breakAtUsdPerMwh?: number;
  /** All cohorts when absent. */
  readonly cohortIds?: readonly CohortId[];
  /**
   * Its end: an instant with its offset; a day and time or a time of today, Central; or `+1h30m` from now. And whether
   * that may be more than a day ahead.
   */
  readonly until: string;
  readonly isLong?: boolean | undefined;
  readonly reason: string;
}

export interface PlacedOrder extends TakenUp {
  readonly orderId: string;
  readonly order: OperatorOrder;
}

/** A statement as it was issued. */
export interface IssuedStatement {
  readonly statementId: string;
  readonly totalCents: string;
}

/** What an operator can have a running site do; each is signed with the operator's key and recorded with it. */
export interface SiteCommands {
  order(request: OrderRequest): Promise<PlacedOrder>;
  /** An order, or what stands under a name of its own: the grid level, an involuntary trip. */
  release(request: { readonly orderId: string; readonly reason: string }): Promise<TakenUp>;
  freeze(request: { readonly cohortId?: CohortId; readonly reason: string }): Promise<TakenUp>;
  thaw(request: { readonly cohortId?: CohortId; readonly reason: string }): Promise<TakenUp>;
  /** Machines go off at once, for safety, whatever else is asked of them; until they may start again. */
  stop(request: { readonly cohortId?: CohortId; readonly reason: string }): Promise<TakenUp>;
  startAgain(request: { readonly cohortId?: CohortId; readonly reason: string }): Promise<TakenUp>;
  /** For good: no command goes out any more, and the site's run ends. */
  retire(request: { readonly reason: string }): Promise<{ readonly retiredAt: Instant }>;
}

/** What an operator can have done with a site's money. */
export interface MoneyCommands {
  /** Asks a day that has ended for a new version; nothing new is posted when no fact has changed. */
  settle(operatingDay: OperatingDay): Promise<void>;
  /** Issues a statement, or answers with the one that was issued. */
  issue(request: {
    readonly contractId: ContractId;
    readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  }): Promise<IssuedStatement>;
}

/**
 * What is asked of one site of a running system, in one operator's name. Each method throws RequestRefusedError with
 * the reason, RequestUnusableError for what cannot be read or not be asked yet, PortUnavailableError when nobody
 * answers.
 */
export interface Commands {
  readonly siteId: SiteId;
  readonly actor: string;
  readonly site: SiteCommands;
  readonly money: MoneyCommands;
}

import type { ClientId, ContractId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { OperatingDay } from "../market/model.ts";

/** How much of the cooling a client's baseline and ordered-off energy were counted with, from an instant on. */
export interface StatedCooling {
  readonly since: Instant;
  /** W at the client's feeder for each machine W; absent where it was not kept: the whole site's cooling and losses. */
  readonly feederPue?: number;
}

/** One line of a statement, rounded once. Amounts in cents as integer text; due from the client positive. */
export interface StatementLine {
  readonly code: string;
  readonly description: string;
  readonly quantity?: string;
  readonly unit?: string;
  readonly unitPrice?: string;
  readonly amountCents: string;
  /**
   * US dollars before rounding: decimal text, or a fraction `n/d` where it has no end. Of an adjustment what is due
   * now. This and the next ones are absent in schema 1.
   */
  readonly exactUsd?: string;
  /** Of an adjustment: what was charged up to now, before rounding. */
  readonly chargedExactUsd?: string;
  readonly rounding?: "half-even" | "half-up";
  readonly contractVersion?: number;
  /** Which rows of the interval file it adds up; absent for a fixed fee. */
  readonly terms?: string;
  /** Of a fixed fee: days charged, and days of the month. */
  readonly days?: number;
  readonly daysOfMonth?: number;
  /** Contract clause and version, price versions, adjustment reference. */
  readonly source: string;
  /** How the amount came about, line by line, for the reader. */
  readonly buildUp: readonly string[];
  readonly adjustmentOf?: string;
}

/**
 * What the journal carries for the lines of one code of a statement, adjustments included, also those below a cent,
 * which have no line.
 */
export interface JournalSum {
  readonly code: string;
  /** 10⁻⁸ USD, due from the client positive. */
  readonly amountE8: string;
  /** Amounts that were rounded to cents. */
  readonly rounded: number;
}

export interface Statement {
  /** 1: its papers have no guide and the journal no entries of it. */
  readonly schema: "ballast.statement/1" | "ballast.statement/2";
  readonly statementId: string;
  readonly siteId: SiteId;
  readonly clientId: ClientId;
  readonly clientName: string;
  readonly contractId: ContractId;
  readonly contractVersions: readonly number[];
  readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  readonly issuedAt: Instant;
  /** `draft` while an interval is missing: it is not issued. */
  readonly status: "issued" | "draft";
  readonly lines: readonly StatementLine[];
  readonly totalCents: string;
  /** What the journal carries for it, by code. Absent in schema 1. */
  readonly journal?: readonly JournalSum[];
  readonly settlementVersions: readonly { readonly operatingDay: OperatingDay; readonly version: number }[];
  /** Days of earlier statements that this one adjusts, and the version they are charged by from now on. */
  readonly adjustedVersions?: readonly {
    readonly originalStatementId: string;
    readonly operatingDay: OperatingDay;
    readonly version: number;
  }[];
  /** Where the settlement prices were read, e.g. `HB_HOUSTON (HU)`. */
  readonly priceSource?: string;
  /** Terms of the contract versions in force, in full, one sentence each. Absent in schema 1. */
  readonly contractTerms?: readonly string[];
  /** Where cooling was metered, each time it changed; absent where the settled days do not say. */
  readonly cooling?: readonly StatedCooling[];
  /** Days from issue within which the client may dispute a line. */
  readonly disputeDays?: number;
  /** What keeps a draft from being issued, one sentence each. */
  readonly openItems?: readonly string[];
}

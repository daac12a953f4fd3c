import type { Instant } from "../units/instant.ts";
import type { OperatingDay } from "../market/model.ts";

/** One line of a statement, rounded once. Amounts in cents as integer text; due from the client positive. */
export interface StatementLine {
  readonly code: string;
  readonly description: string;
  readonly quantity?: string;
  readonly unit?: string;
  readonly unitPrice?: string;
  readonly amountCents: string;
  /** Contract clause and version, price versions, adjustment reference. */
  readonly source: string;
  /** How the amount came about, line by line, for the reader. */
  readonly buildUp: readonly string[];
  readonly adjustmentOf?: string;
}

export interface Statement {
  readonly schema: "ballast.statement/1";
  readonly statementId: string;
  readonly siteId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly contractId: string;
  readonly contractVersions: readonly number[];
  readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  readonly issuedAt: Instant;
  /** `draft` while an interval is missing: it is not issued. */
  readonly status: "issued" | "draft";
  readonly lines: readonly StatementLine[];
  readonly totalCents: string;
  readonly settlementVersions: readonly { readonly operatingDay: OperatingDay; readonly version: number }[];
  /** Days of earlier statements that this one adjusts, and the version they are charged by from now on. */
  readonly adjustedVersions?: readonly {
    readonly originalStatementId: string;
    readonly operatingDay: OperatingDay;
    readonly version: number;
  }[];
  /** Where the settlement prices were read, e.g. `HB_HOUSTON (HU)`. */
  readonly priceSource?: string;
  /** Days from issue within which the client may dispute a line. */
  readonly disputeDays?: number;
  /** What keeps a draft from being issued, one sentence each. */
  readonly openItems?: readonly string[];
}

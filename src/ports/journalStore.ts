import type { OperatingDay } from "../domain/market/model.ts";
import type { JournalEntry, SettledDay, SettlementDayInput } from "../domain/settlement/model.ts";
import type { Statement } from "../domain/statement/model.ts";

/** One version of a settled day with what has to be posted for it (`entriesToPost`). */
export interface SettlementRecord {
  readonly input: SettlementDayInput;
  readonly result: SettledDay;
  readonly entries: readonly JournalEntry[];
}

export interface StoredSettlement extends SettlementRecord {
  /** SHA-256 (hex) of the canonical JSON of `input`. */
  readonly inputHash: string;
}

/** An issued statement and the bytes the client was given. */
export interface StatementRecord {
  readonly statement: Statement;
  readonly text: string;
  readonly csv: string;
  readonly intervalsCsv: string;
  /** Absent with statements of schema 1. */
  readonly guide?: string;
  /** Its place among the client's statements at the site, from 1 on, in the order of issue. */
  readonly ordinal: number;
}

export interface AccountBalance {
  readonly account: string;
  /** Debit positive, 10⁻⁸ USD. */
  readonly balanceE8: bigint;
}

export interface TrialBalance {
  readonly accounts: readonly AccountBalance[];
  /** 0 in an intact journal. */
  readonly totalE8: bigint;
}

/**
 * Append-only journal, settlement versions and issued statements. Every method throws PortUnavailableError when the
 * database cannot be reached and PortDataError when a stored row is not what this version writes.
 */
export interface JournalStore {
  /**
   * Writes a settlement version and its entries in one transaction. The same version with the same content is a no-op.
   * @throws PortConflictError for the same version or entry id with other content, and for version n without version n
   * − 1.
   */
  recordSettlement(record: SettlementRecord): Promise<"recorded" | "already-recorded">;
  /** One version of a day, the latest when `version` is absent; undefined when there is none. */
  settlement(siteId: string, day: OperatingDay, version?: number): Promise<StoredSettlement | undefined>;
  /** Latest version of each settled day from `from` to `to`, both inclusive, ascending; days without one are absent. */
  latestSettlements(siteId: string, from: OperatingDay, to: OperatingDay): Promise<readonly StoredSettlement[]>;
  /** Entries of a day over all versions, in the order they were posted. */
  entriesOfDay(siteId: string, day: OperatingDay): Promise<readonly JournalEntry[]>;
  /** Balances per account, of one site or of all, ascending by account. */
  trialBalance(siteId?: string): Promise<TrialBalance>;
  /**
   * Stores an issued statement for good. The same statement with the same bytes is a no-op. `outdated`: another
   * statement of the client has taken its place since it was composed, and may carry the same adjustments; nothing is
   * stored, compose it anew.
   * @throws PortConflictError for other bytes under the same id, a period that overlaps another statement of the
   * client, or a draft.
   */
  issueStatement(record: StatementRecord): Promise<"issued" | "already-issued" | "outdated">;
  statement(statementId: string): Promise<StatementRecord | undefined>;
  /** Issued statements of a site, of one client when given, by period then id. */
  statements(siteId: string, clientId?: string): Promise<readonly StatementRecord[]>;
}

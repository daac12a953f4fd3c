import type { OperatingDay } from "../domain/market/model.ts";
import type { JournalEntry, SettledDay, SettlementDayInput } from "../domain/settlement/model.ts";
import type { ChargedKeys, PostedSum } from "../domain/statement/checkLedger.ts";
import type { StatementStore } from "./statementStore.ts";
import type { ClientId, SiteId } from "../domain/units/ids.ts";

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
export interface JournalStore extends StatementStore {
  /**
   * Writes a settlement version and its entries in one transaction. The same version with the same content is a no-op.
   * @throws PortConflictError for the same version or entry id with other content, and for version n without version n
   * − 1.
   */
  recordSettlement(record: SettlementRecord): Promise<"recorded" | "already-recorded">;
  /** One version of a day, the latest when `version` is absent; undefined when there is none. */
  settlement(siteId: SiteId, day: OperatingDay, version?: number): Promise<StoredSettlement | undefined>;
  /** Latest version of each settled day from `from` to `to`, both inclusive, ascending; days without one are absent. */
  latestSettlements(siteId: SiteId, from: OperatingDay, to: OperatingDay): Promise<readonly StoredSettlement[]>;
  /** Entries of a settled day over all versions, in the order of posting; not those of statements. */
  entriesOfDay(siteId: SiteId, day: OperatingDay): Promise<readonly JournalEntry[]>;
  /** What settlement posted for a client on some days and versions, by account and reason; without 0. */
  postedSums(siteId: SiteId, clientId: ClientId, keys: readonly ChargedKeys[]): Promise<readonly PostedSum[]>;
  /** Balances per account, of one site or of all, ascending by account. */
  trialBalance(siteId?: SiteId): Promise<TrialBalance>;
}

import type { JournalEntry } from "../domain/settlement/model.ts";
import type { Statement } from "../domain/statement/model.ts";
import type { GivenPapers } from "../domain/statement/renderers/index.ts";
import type { ClientId, SiteId } from "../domain/units/ids.ts";

/** An issued statement and the bytes the client was given. */
export interface StatementRecord extends GivenPapers {
  readonly statement: Statement;
  /** What issuing it posts (`invoiceEntries`); none with statements of schema 1. */
  readonly entries: readonly JournalEntry[];
  /** Its place among the client's statements at the site, from 1 on, in the order of issue. */
  readonly ordinal: number;
}

/** Issued statements with what they posted; errors as the journal's. */
export interface StatementStore {
  /**
   * Stores an issued statement for good, and posts its entries, in one transaction. The same statement with the same
   * bytes is a no-op. `outdated`: another
   * statement of the client has taken its place since it was composed, and may carry the same adjustments; nothing is
   * stored, compose it anew.
   * @throws PortConflictError for other bytes under the same id, a period that overlaps another statement of the
   * client, or a draft.
   */
  issueStatement(record: StatementRecord): Promise<"issued" | "already-issued" | "outdated">;
  statement(statementId: string): Promise<StatementRecord | undefined>;
  /** Issued statements of a site, of one client when given, by period then id. */
  statements(siteId: SiteId, clientId?: ClientId): Promise<readonly StatementRecord[]>;
}

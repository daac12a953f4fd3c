import type { DueStatement } from "../domain/statement/statementsDue.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** Which settlement or statement it is, and how a person has it tried again. */
export interface MoneySubject {
  readonly siteId: SiteId;
  /** `settlement 2026-08-18` */
  readonly subject: string;
  /** The command that tries again, for a person: `ballast settle 2026-08-18` */
  readonly again: string;
  /** Of a statement: what it states. */
  readonly states?: DueStatement;
}

/**
 * Settlements and statements that the rules have refused, until they are settled or issued. Throws PortUnavailableError
 * when the database is away.
 */
export interface MoneyRefusals {
  /** Keep why it is refused, in the place of an earlier reason. */
  refuse(what: MoneySubject, problem: string): Promise<void>;
  /**
   * It is settled, or issued: nothing is refused. Of a refused statement under the same contract with some of its days,
   * which can be issued no more, the days that are left are refused on.
   */
  done(what: MoneySubject): Promise<void>;
}

/** A statement of a site, as it stands among the refusals. */
export function statementSubject(siteId: SiteId, states: DueStatement): MoneySubject {
  const { contractId, period } = states;
  const days = `${period.from}..${period.to}`;
  return { siteId, subject: `statement ${contractId} ${days}`, again: `ballast issue ${contractId} ${days}`, states };
}

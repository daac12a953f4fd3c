/** Which settlement or statement it is, and how a person has it tried again. */
export interface MoneySubject {
  readonly siteId: string;
  /** `settlement 2026-08-18` */
  readonly subject: string;
  /** The command that tries again, for a person: `ballast settle 2026-08-18` */
  readonly again: string;
}

/**
 * Settlements and statements that the rules have refused, until they are settled or issued. Throws PortUnavailableError
 * when the database is away.
 */
export interface MoneyRefusals {
  /** Keep why it is refused, in the place of an earlier reason. */
  refuse(what: MoneySubject, problem: string): Promise<void>;
  /** It is settled, or issued: nothing is refused. */
  done(what: MoneySubject): Promise<void>;
}

import pg from "pg";
import { PortConflictError, PortDataError } from "../../ports/errors.ts";

/** What a violated constraint means, by its name. */
const CONFLICTS: Readonly<Record<string, string>> = {
  settlement_version_follows: "the version before it is not recorded; record versions one after the other",
  journal_entry_pkey: "a journal entry with this id exists with other content; entry ids are idempotency keys",
  statement_periods_apart:
    "days of its period are stated already; no day of a client is stated twice, choose days that no statement has, " +
    "and correct what was stated by an adjustment line on the next one",
  statement_once_per_period:
    "this client has a statement for this period under another id; correct it by an adjustment line on the next one",
};

/** SQLSTATE classes of a value that does not fit: data exception, integrity violation. */
const VALUE_REFUSED = /^2[23]/;

/**
 * Turns what PostgreSQL refused of a value into the port's error; any other error passes through, such as a statement
 * that took too long. `what` names the operation.
 */
export function journalError(what: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const conflict = error.constraint === undefined ? undefined : CONFLICTS[error.constraint];
  if (conflict !== undefined)
    return new PortConflictError(`${what}: ${conflict} (${error.detail ?? error.message})`, { cause: error });
  if (!VALUE_REFUSED.test(error.code ?? "")) return error;
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return new PortDataError(`${what}: PostgreSQL refused it: "${error.message}" (${error.code})${hint}`, {
    cause: error,
  });
}

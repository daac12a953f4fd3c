import pg from "pg";
import { PortConflictError, PortDataError } from "../../ports/errors.ts";

/** What a violated constraint means, by its name. */
const CONFLICTS: Readonly<Record<string, string>> = {
  settlement_version_follows: "the version before it is not recorded; record versions one after the other",
  journal_entry_pkey: "a journal entry with this id exists with other content; entry ids are idempotency keys",
  statement_once_per_period:
    "this client has a statement for this period under another id; correct it by an adjustment line on the next one",
};

/** Turns what PostgreSQL refused into the port's error; any other error passes through. `what` names the operation. */
export function journalError(what: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const conflict = error.constraint === undefined ? undefined : CONFLICTS[error.constraint];
  if (conflict !== undefined)
    return new PortConflictError(`${what}: ${conflict} (${error.detail ?? error.message})`, { cause: error });
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return new PortDataError(`${what}: PostgreSQL refused it: "${error.message}" (${error.code})${hint}`, {
    cause: error,
  });
}

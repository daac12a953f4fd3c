import { join } from "node:path";
import { namesOperator, type OperatorKey, ROLES, type Role } from "../../domain/evidence/operatorAdmission.ts";
import { memberAt } from "../../domain/evidence/historyEvent.ts";
import type { OperatorKeys } from "../../ports/operatorAdmissions.ts";
import { textSignatureHolds } from "../../replay/signature.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { readPrivate, replacePrivate, whileLocked } from "./privateFile.ts";

const SCHEMA = "ballast.operators/3";
/** Without sites: every key is for all of them. */
const SCHEMA_WITHOUT_SITES = "ballast.operators/2";

/** Where a run keeps the public keys of its operators. */
export function operatorsFile(dataDir: string): string {
  return join(dataDir, "operators.json");
}

/**
 * Every key of a run's list; none before the first was added. @throws CommandError (3) for a list that is another
 * account's, that others could change, or that is none.
 */
export function readOperators(path: string): readonly OperatorKey[] {
  const text = readPrivate(path, "list of operators");
  if (text === undefined) return [];
  const file = parsed(text);
  const keys = memberAt(file, "keys");
  const isKnown = [SCHEMA, SCHEMA_WITHOUT_SITES].some((schema) => memberAt(file, "schema") === schema);
  if (isKnown && Array.isArray(keys) && keys.every(isKey)) return keys;
  throw new CommandError(
    ExitCode.notAllowed,
    `${path} is not a list of operators (${SCHEMA}): nobody can be recognized; move it away and add them again`,
  );
}

/** Changes the list, one change at a time. @throws CommandError as `change` does, and as the list is read or locked */
export function changeOperators(path: string, change: (keys: readonly OperatorKey[]) => readonly OperatorKey[]): void {
  whileLocked(path, () => {
    const file = { schema: SCHEMA, keys: change(readOperators(path)) };
    replacePrivate(path, `${JSON.stringify(file, null, 1)}\n`);
  });
}

/** The list as a worker asks it: read anew for every request, so that a key removed is worthless at once. */
export function operatorKeysIn(path: string): OperatorKeys {
  return {
    find: (keyId) => readOperators(path).find((key) => key.keyId === keyId),
    holds: (text, { keyId, signature }, { publicKeyPem }) =>
      textSignatureHolds(text, { algorithm: "ed25519", keyId, valueBase64: signature }, publicKeyPem),
  };
}

function isKey(value: unknown): value is OperatorKey {
  const [keyId, pem, actor, roles] = ["keyId", "publicKeyPem", "actor", "roles"].map((name) => memberAt(value, name));
  const [vouches, sites] = ["vouches", "sites"].map((name) => memberAt(value, name));
  return (
    typeof keyId === "string" &&
    typeof pem === "string" &&
    typeof actor === "string" &&
    namesOperator(actor) &&
    Array.isArray(roles) &&
    roles.every((role) => ROLES.includes(role as Role)) &&
    (vouches === undefined || vouches === true) &&
    (sites === undefined || (Array.isArray(sites) && sites.every((site) => typeof site === "string")))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is not JSON is not a list of operators: the caller says so
  }
}

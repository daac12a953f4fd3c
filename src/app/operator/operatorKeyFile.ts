import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { makeFolderDurably } from "../../adapters/archive/durably.ts";
import { isForSite, namesOperator, type OperatorKey, type Role } from "../../domain/evidence/operatorAdmission.ts";
import { keyIdOf } from "../../replay/signature.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { changeOperators, operatorsFile, readOperators } from "../worker/operatorList.ts";
import { newPrivate, readPrivate } from "../worker/privateFile.ts";

export interface Operator {
  readonly actor: string;
  readonly roles: readonly Role[];
  /** Where it may ask; at every site where absent. */
  readonly sites?: readonly string[];
  /** Signs in the name of people whom it has signed in. */
  readonly vouches?: true;
}

/** An operator at hand, who can sign. */
export interface SigningOperator extends Operator {
  /** Ed25519, PKCS #8 in PEM: a secret. */
  readonly privateKeyPem: string;
}

/**
 * Where an operator's key lies: as given, else `BALLAST_KEY_FILE`, else `~/.config/ballast/key` (under
 * `XDG_CONFIG_HOME` when set).
 */
export function keyPath(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const named = given ?? (env["BALLAST_KEY_FILE"] || undefined);
  return named === undefined
    ? join(env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "ballast", "key")
    : resolve(named);
}

/**
 * Makes a key for an operator of a run, writes its private half to a new file that only this account can read, and its
 * public half to the run's `operators.json`. @throws CommandError (2) for a bad or known actor or a file that exists
 * already.
 */
export function addOperator(options: {
  readonly dataDir: string;
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly sites?: readonly string[];
  readonly keyFile: string;
  readonly vouches?: true;
}): { readonly keyFile: string; readonly keyId: string } {
  const { dataDir, actor, roles, sites, vouches } = options;
  if (!namesOperator(actor))
    throw new CommandError(
      ExitCode.unusable,
      `"${actor}" cannot name an operator: letters, digits and . _ @ -, 64 at most, as in maria.lopez`,
    );
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key: OperatorKey = {
    keyId: keyIdOf(publicKey),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    actor,
    roles,
    ...(sites === undefined ? {} : { sites }),
    ...(vouches === true ? { vouches } : {}),
  };
  const keyFile = resolve(options.keyFile);
  changeOperators(operatorsFile(dataDir), (keys) => {
    if (keys.some((one) => one.actor === actor))
      throw new CommandError(
        ExitCode.unusable,
        `${actor} is an operator of ${dataDir} already; take the old key away first: ballast operator remove ` +
          `--actor ${actor} --run ${dataDir}`,
      );
    writeNewKey(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    return [...keys, key];
  });
  return { keyFile, keyId: key.keyId };
}

/**
 * Private key (PEM) of the operator of a scripted run, in a data folder that may have been used before: its key file is
 * taken as it is when the run knows it, else the operator is added anew with the role `desk`.
 * @throws CommandError as `addOperator`, and (3) when the file is something else's
 */
export function scriptKey(dataDir: string, actor: string): string {
  const keyFile = join(dataDir, `${actor}.pem`);
  const known = readOperators(operatorsFile(dataDir)).filter((key) => key.actor === actor);
  if (existsSync(keyFile)) {
    const { keyId, privateKeyPem } = readKey(keyFile);
    if (known.some((key) => key.keyId === keyId && key.roles.includes("desk"))) return privateKeyPem;
  }
  if (known.length > 0) removeOperator(dataDir, actor);
  addOperator({ dataDir, actor, roles: ["desk"], keyFile });
  return readKey(keyFile).privateKeyPem;
}

/** Makes an operator's key worthless. @throws CommandError (2) when there is no such operator. */
export function removeOperator(dataDir: string, actor: string): void {
  changeOperators(operatorsFile(dataDir), (keys) => {
    const kept = keys.filter((key) => key.actor !== actor);
    if (kept.length === keys.length)
      throw new CommandError(
        ExitCode.unusable,
        `there is no operator "${actor}" in ${dataDir}; see: ballast operator list --run ${dataDir}`,
      );
    return kept;
  });
}

/**
 * Everybody with a key of this run; nobody before the first was added. @throws CommandError (3) for a list that others
 * could change.
 */
export function listOperators(dataDir: string): Operator[] {
  return readOperators(operatorsFile(dataDir)).map(operatorOf);
}

/**
 * Whoever holds the key in `file`. @throws CommandError (3) when there is no usable key or this run does not know it.
 */
export function authenticate(dataDir: string, file: string): SigningOperator {
  const { keyId, privateKeyPem } = readKey(file);
  const found = readOperators(operatorsFile(dataDir)).find((key) => key.keyId === keyId);
  if (found) return { ...operatorOf(found), privateKeyPem };
  throw new CommandError(
    ExitCode.notAllowed,
    `the key in ${file} is not known to the run in ${dataDir}; ask for one: ballast operator add --actor <name> ` +
      `--roles desk --run ${dataDir}`,
  );
}

/** @throws CommandError (3) when the operator has none of the roles. */
export function requireRole(operator: Operator, anyOf: readonly Role[], what: string): void {
  if (anyOf.some((role) => operator.roles.includes(role))) return;
  throw new CommandError(
    ExitCode.notAllowed,
    `${operator.actor} may not ${what}: that takes the role ${anyOf.join(" or ")}, and the key has ` +
      `${operator.roles.join(", ") || "none"}; ask an operator of the desk`,
  );
}

/** @throws CommandError (3) when the operator may not ask at the site. */
export function requireSite(operator: Operator, siteId: string, what: string): void {
  if (isForSite(operator, siteId)) return;
  throw new CommandError(
    ExitCode.notAllowed,
    `${operator.actor} may not ${what} at ${siteId}: the key is for ${operator.sites?.join(", ") || "no site"} ` +
      `alone; ask an operator of that site`,
  );
}

function operatorOf({ actor, roles, sites, vouches }: OperatorKey): Operator {
  return { actor, roles, ...(sites === undefined ? {} : { sites }), ...(vouches === true ? { vouches } : {}) };
}

function readKey(file: string): { readonly keyId: string; readonly privateKeyPem: string } {
  const privateKeyPem = readPrivate(file, "key file");
  if (privateKeyPem === undefined)
    throw new CommandError(
      ExitCode.notAllowed,
      `there is no key file ${file}: every request is signed with one; make it with \`ballast operator add\`, or ` +
        `name it with --key-file or BALLAST_KEY_FILE`,
    );
  try {
    const key = createPrivateKey(privateKeyPem);
    if (key.asymmetricKeyType === "ed25519") return { keyId: keyIdOf(createPublicKey(key)), privateKeyPem };
  } catch {
    // what cannot be read as a key is none: said below, without its text
  }
  throw new CommandError(
    ExitCode.notAllowed,
    `${file} holds no operator's key (Ed25519 private key, PEM); make one with \`ballast operator add\``,
  );
}

function writeNewKey(path: string, privateKeyPem: string): void {
  makeFolderDurably(dirname(path));
  try {
    newPrivate(path, privateKeyPem);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new CommandError(
      ExitCode.unusable,
      `${path} exists and may be somebody's key: name another file with --key-file, or remove it first`,
      { cause },
    );
  }
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { CommandError, ExitCode } from "../commandError.ts";

/** `desk` may order and release, `viewer` may only look. */
export const ROLES = ["desk", "viewer"] as const;
export type Role = (typeof ROLES)[number];

export interface Operator {
  readonly actor: string;
  readonly roles: readonly Role[];
}

/** Contents of `operators.json` in a run's data folder: who holds the token of each SHA-256 (hex). */
interface OperatorsFile {
  readonly schema: "ballast.operators/1";
  readonly operators: Readonly<Record<string, Operator>>;
}

const NOBODY: OperatorsFile = { schema: "ballast.operators/1", operators: {} };
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const TOKEN = /^ballast_[A-Za-z0-9_-]{43}$/;
const TOKEN_BYTES = 32;
/** Any right of the group or of others. */
const FOR_OTHERS = 0o077;

/**
 * Where an operator's token lies: as given, else `BALLAST_TOKEN_FILE`, else `~/.config/ballast/token` (under
 * `XDG_CONFIG_HOME` when set).
 */
export function tokenPath(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const named = given ?? (env["BALLAST_TOKEN_FILE"] || undefined);
  return named === undefined
    ? join(env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "ballast", "token")
    : resolve(named);
}

/**
 * Makes a token for an operator of a run, writes it to a new file that only this account can read, and its hash to the
 * run's `operators.json`. Never gives the token itself. @throws CommandError (2) for a bad or known actor or a file
 * that exists already.
 */
export function addOperator(options: {
  readonly dataDir: string;
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly tokenFile: string;
}): { readonly tokenFile: string } {
  const { dataDir, actor, roles } = options;
  if (!ACTOR.test(actor))
    throw new CommandError(
      ExitCode.unusable,
      `"${actor}" cannot name an operator: letters, digits and . _ @ -, 64 at most, as in maria.lopez`,
    );
  const { operators } = readOperators(dataDir);
  if (Object.values(operators).some((one) => one.actor === actor)) {
    throw new CommandError(
      ExitCode.unusable,
      `${actor} is an operator of ${dataDir} already; take the old token away first: ballast operator remove ` +
        `--actor ${actor} --run ${dataDir}`,
    );
  }
  const token = `ballast_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const tokenFile = writeNewToken(resolve(options.tokenFile), token);
  try {
    writeOperators(dataDir, { ...operators, [sha256(token)]: { actor, roles } });
  } catch (error) {
    rmSync(tokenFile, { force: true });
    throw error;
  }
  return { tokenFile };
}

/**
 * The operator of a scripted run in a data folder that may have been used before: the token file is taken as it is when
 * it proves this actor with these roles, else the operator is added anew. @throws CommandError (2) when the file is
 * something else's.
 */
export function ensureOperator(options: Parameters<typeof addOperator>[0]): { readonly tokenFile: string } {
  const { dataDir, actor, roles } = options;
  const known = Object.entries(readOperators(dataDir).operators).filter(([, operator]) => operator.actor === actor);
  const tokenFile = resolve(options.tokenFile);
  if (
    existsSync(tokenFile) &&
    known.some(
      ([hash, operator]) =>
        hash === sha256(readToken(tokenFile)) && roles.every((role) => operator.roles.includes(role)),
    )
  )
    return { tokenFile };
  if (known.length > 0) removeOperator(dataDir, actor);
  return addOperator(options);
}

/** Makes an operator's token worthless. @throws CommandError (2) when there is no such operator. */
export function removeOperator(dataDir: string, actor: string): void {
  const { operators } = readOperators(dataDir);
  const kept = Object.entries(operators).filter(([, operator]) => operator.actor !== actor);
  if (kept.length === Object.keys(operators).length)
    throw new CommandError(
      ExitCode.unusable,
      `there is no operator "${actor}" in ${dataDir}; see: ballast operator list --run ${dataDir}`,
    );
  writeOperators(dataDir, Object.fromEntries(kept));
}

/**
 * Everybody with a token of this run; nobody before the first was added. @throws CommandError (3) for a list that
 * others could change.
 */
export function listOperators(dataDir: string): Operator[] {
  return Object.values(readOperators(dataDir).operators);
}

/**
 * Whoever holds the token in `file`. @throws CommandError (3) when there is no usable token or this run does not know
 * it.
 */
export function authenticate(dataDir: string, file: string): Operator {
  const presented = Buffer.from(sha256(readToken(file)), "hex");
  let found: Operator | undefined;
  // Every entry is compared, each in constant time: the answer's delay tells nothing about the hashes.
  for (const [hash, operator] of Object.entries(readOperators(dataDir).operators)) {
    const known = Buffer.from(hash, "hex");
    if (known.length === presented.length && timingSafeEqual(known, presented)) found = operator;
  }
  if (found) return found;
  throw new CommandError(
    ExitCode.notAllowed,
    `the token in ${file} is not known to the run in ${dataDir}; ask for one: ballast operator add --actor <name> ` +
      `--roles desk --run ${dataDir}`,
  );
}

/** @throws CommandError (3) when the operator does not have the role. */
export function requireRole(operator: Operator, role: Role, what: string): void {
  if (operator.roles.includes(role)) return;
  throw new CommandError(
    ExitCode.notAllowed,
    `${operator.actor} may not ${what}: that takes the role ${role}, and the token has ` +
      `${operator.roles.join(", ") || "none"}; ask an operator of the desk`,
  );
}

function readToken(file: string): string {
  const text = readPrivate(file, "token file");
  if (text === undefined)
    throw new CommandError(
      ExitCode.notAllowed,
      `there is no token file ${file}: an order needs one; make it with \`ballast operator add\`, or name it with ` +
        `--token-file or BALLAST_TOKEN_FILE`,
    );
  const token = text.trim();
  if (!TOKEN.test(token))
    throw new CommandError(
      ExitCode.notAllowed,
      `${file} holds no operator token (one line, ballast_ and 43 characters); make one with \`ballast operator add\``,
    );
  return token;
}

function readOperators(dataDir: string): OperatorsFile {
  const path = join(dataDir, "operators.json");
  const text = readPrivate(path, "list of operators");
  if (text === undefined) return NOBODY;
  const file = parsed(text) as OperatorsFile | undefined;
  if (file?.schema === "ballast.operators/1" && typeof file.operators === "object") return file;
  throw new CommandError(
    ExitCode.notAllowed,
    `${path} is no list of operators (ballast.operators/1): nobody can be recognised; move it away and add the ` +
      `operators again`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is not JSON is no list of operators: the caller says so
  }
}

/**
 * Text of a file that nobody else may read or change; undefined when there is none. The open file is looked at, not the
 * name.
 */
function readPrivate(path: string, what: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new CommandError(ExitCode.notAllowed, `the ${what} ${path} cannot be read (${code})`, { cause });
  }
  try {
    const mode = fstatSync(fd).mode & 0o777;
    if ((mode & FOR_OTHERS) !== 0)
      throw new CommandError(
        ExitCode.notAllowed,
        `the ${what} ${path} is open to others (mode ${mode.toString(8).padStart(4, "0")}); close it: chmod 600 ` +
          `${path}`,
      );
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

function writeNewToken(path: string, token: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new CommandError(
      ExitCode.unusable,
      `${path} exists and may be somebody's token: name another file with --token-file, or remove it first`,
      { cause },
    );
  }
  return path;
}

function writeOperators(dataDir: string, operators: OperatorsFile["operators"]): void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, "operators.json");
  const file: OperatorsFile = { ...NOBODY, operators };
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

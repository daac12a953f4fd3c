import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { refusedWord, type WordRefusal } from "../../domain/inputs/wordVerdict.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { InstructionDesk } from "../../ports/instructionDesk.ts";
import type { Log } from "../../ports/log.ts";
import type { Issuer } from "./issuers.ts";
import { saidOfBody } from "./saidOfBody.ts";

/** No message is longer. */
const FILE_BYTES_MAX = 65_536;
const LOOK_EVERY_MS = 1_000;
/** Files that one look takes; those that are still written are not counted. */
const FILES_MAX = 200;
const SAME_NAME_MAX = 1_000;
const NAME = /^[A-Za-z0-9][\w.-]{0,119}\.(?:json|xml)$/;
/** A sender writes under such a name, then renames. */
const UNDER_WAY = /^\.|\.(?:tmp|part|partial|new)$/;
const OTHERS_WRITE = 0o002;

export interface FolderDoorParts {
  readonly folder: string;
  readonly issuer: Issuer;
  readonly desk: InstructionDesk;
  readonly log: Log;
}

/** A file as it stood at the last look: one that has not changed since is whole. */
type Looks = Map<string, string>;

/**
 * Watches a folder until `signal` aborts. A file that is taken moves to `taken/`, any other to `refused/` with the
 * reason beside it; while nothing can be kept, files stay. @throws Error for a folder that is none, or that everybody
 * may write to
 */
export async function watchFolder(parts: FolderDoorParts, signal: AbortSignal): Promise<void> {
  const { folder, log } = parts;
  openFolder(folder);
  const looks: Looks = new Map();
  while (!signal.aborted) {
    await lookAtFolder(parts, looks).catch((error: unknown) => {
      log.warn({ folder, problem: thrownText(error) }, "a watched folder cannot be dealt with; it is looked at again");
    });
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Makes the places for files. @throws Error for a folder that is none, or that everybody may write to, and for a place
 * that is a link or a file: what is moved there would end elsewhere
 */
export function openFolder(folder: string): void {
  const { mode } = statSync(folder);
  if ((mode & OTHERS_WRITE) !== 0)
    throw new Error(`everybody may write to ${folder}: whose a file is could not be known; close it with chmod o-w`);
  for (const place of ["taken", "refused"]) {
    const path = join(folder, place);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o750 });
    if (!lstatSync(path).isDirectory()) throw new Error(`${path} is no folder of its own: remove it`);
  }
}

/**
 * One look: takes what is whole; one file costs the others nothing. @throws as `openFolder`, and for a folder that
 * cannot be read
 */
export async function lookAtFolder(parts: FolderDoorParts, looks: Looks): Promise<void> {
  openFolder(parts.folder);
  const seen = new Set<string>();
  for (const raw of readdirSync(parts.folder, { encoding: "buffer" })) {
    if (seen.size >= FILES_MAX) break;
    const name = raw.toString("utf8");
    if (name === "taken" || name === "refused") continue;
    const path = Buffer.concat([Buffer.from(`${parts.folder}/`), raw]);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || (found.isFile() && UNDER_WAY.test(name))) continue;
    seen.add(name);
    if (!isWhole(name, found, looks)) continue;
    try {
      const odd = oddness(name, raw, found);
      if (odd !== undefined) setAside(parts, path, nameOf(name, raw), odd);
      else await takeFile(parts, name);
    } catch (error) {
      const problem = thrownText(error);
      parts.log.warn({ folder: parts.folder, name: cleanText(name, 120), problem }, "a file cannot be dealt with");
    }
    looks.delete(name);
  }
  for (const name of looks.keys()) if (!seen.has(name)) looks.delete(name);
}

/** Whether it stands as it stood at the look before. */
function isWhole(name: string, { size, mtimeMs, ino }: Stats, looks: Looks): boolean {
  const now = `${ino} ${size} ${mtimeMs}`;
  const before = looks.get(name);
  looks.set(name, now);
  return before === now;
}

/** Why a file is not even opened. */
function oddness(name: string, raw: Buffer, found: Stats): WordRefusal | undefined {
  const odd = (why: string, expected: string): WordRefusal => refusedWord("malformed", "file", why, expected);
  if (found.isSymbolicLink()) return odd("it is a link", "a file of its own");
  if (!found.isFile()) return odd("it is no file", "a file");
  if (!NAME.test(name) || !Buffer.from(name, "utf8").equals(raw))
    return odd("its name is not read", "letters, digits, . _ - and the ending .json or .xml");
  return found.size > FILE_BYTES_MAX ? odd(`it has ${found.size} bytes`, `at most ${FILE_BYTES_MAX} bytes`) : undefined;
}

async function takeFile(parts: FolderDoorParts, name: string): Promise<void> {
  const { folder, issuer, desk, log } = parts;
  const path = join(folder, name);
  const content = contentOf(path);
  if (content === undefined)
    return setAside(
      parts,
      Buffer.from(path),
      name,
      refusedWord("malformed", "file", "it is a link or cannot be read", "a readable file"),
    );
  const contentHash = createHash("sha256").update(content).digest("hex");
  const contentType = name.endsWith(".json") ? "application/json" : "application/xml";
  const proof = { by: "folder", folder, name };
  // the same bytes under the other ending are another message: they were read as something else
  const nonce = contentType === "application/json" ? contentHash : `${contentHash}.xml`;
  const message = { door: "folder", nonce, contentType, content, contentHash, proof } as const;
  try {
    const said = saidOfBody({ content, contentType }, issuer);
    const { verdict, messageNo } = await desk.take({ message, sender: issuer.sender, said });
    if (verdict.kind === "refused") return setAside(parts, Buffer.from(path), `${messageNo}-${name}`, verdict);
    renameSync(path, freePlace(folder, "taken", `${messageNo}-${name}`));
  } catch (error) {
    if (!(error instanceof PortUnavailableError)) throw error;
    log.warn({ folder, name, problem: thrownText(error) }, "a file stays: nothing can be kept at the moment");
  }
}

/** Bytes of a file that is no link; undefined where it is one or cannot be read. Never more than a message has. */
function contentOf(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ELOOP", "EACCES", "EMLINK"].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
  try {
    if (!fstatSync(fd).isFile()) return undefined;
    const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

function setAside({ folder, log }: FolderDoorParts, from: Buffer, name: string, refusal: WordRefusal): void {
  const { code, where, why, expected } = refusal;
  const to = freePlace(folder, "refused", name);
  // "wx": never through a link, and never over what is there
  writeFileSync(`${to}.reason.json`, `${JSON.stringify({ code, where, why, expected }, null, 1)}\n`, { flag: "wx" });
  renameSync(from, to);
  log.warn({ folder, name: cleanText(name, 120), why }, "a file is refused");
}

/** A path that nothing stands at yet, nor at that of its reason: what was set aside before is never written over. */
function freePlace(folder: string, place: string, name: string): string {
  const isFree = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined;
  for (let again = 1; again <= SAME_NAME_MAX; again += 1) {
    const path = join(folder, place, again === 1 ? name : `${again}-${name}`);
    if (isFree(path) && isFree(`${path}.reason.json`)) return path;
  }
  throw new Error(`${join(folder, place)} has ${SAME_NAME_MAX} files called ${name}: clear it`);
}

/** A name that is safe to write; one that is not is named by its hash. */
function nameOf(name: string, raw: Buffer): string {
  const isSafe = /^[A-Za-z0-9][\w.-]{0,119}$/.test(name) && Buffer.from(name, "utf8").equals(raw);
  return isSafe ? name : `unreadable-${createHash("sha256").update(raw).digest("hex").slice(0, 16)}`;
}

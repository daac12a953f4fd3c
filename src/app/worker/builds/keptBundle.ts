import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workflowBundle } from "../../../replay/workflowBundle.ts";
import { SDK_VERSION } from "../../buildId.ts";

/** What is noted beside a kept bundle. */
interface BundleNote {
  readonly buildId: string;
  /** Of the bundle's text. */
  readonly sha256: string;
  /** A bundle runs only under the SDK that it was made by. */
  readonly sdkVersion: string;
  /** Activities that the program had when the bundle was made: its workflows may ask for any of them. */
  readonly activities: readonly string[];
}

/** Where a bundle is kept and what the present program can do. */
export interface BundlePlace {
  readonly folder: string;
  /** Another folder of kept bundles; what it has of the present build is copied, which is quicker than making it. */
  readonly copyFrom?: string;
  /** Names of the activities of the present program. */
  readonly activities: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * The workflow bundle of the present build: the one kept under its id, else copied or made from the module, and kept.
 * What runs is what is kept. @throws Error when the module cannot be bundled or the folder not be written
 */
export async function keepBundle(place: BundlePlace, buildId: string, workflowsPath: string): Promise<string> {
  const kept = readKept(place, buildId);
  if ("code" in kept) return kept.code;
  const other = place.copyFrom === undefined ? kept : readKept({ ...place, folder: place.copyFrom }, buildId);
  const { code } = "code" in other ? other : await workflowBundle(workflowsPath);
  const note: BundleNote = {
    buildId,
    sha256: sha256Of(code),
    sdkVersion: SDK_VERSION,
    activities: place.activities,
  };
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  writeWhole(codeFile(place.folder, buildId), code);
  writeWhole(noteFile(place.folder, buildId), JSON.stringify(note));
  return code;
}

/** Why a kept bundle is not run. */
export interface NoBundle {
  /** For a person. */
  readonly problem: string;
  /** This program will never run it; else it could not be read, which may pass. */
  readonly isGone: boolean;
}

/** The bundle kept under a build id, when this program can run it; else why not. */
export function readKept(place: BundlePlace, buildId: string): { readonly code: string } | NoBundle {
  const file = codeFile(place.folder, buildId);
  const gone = (problem: string): NoBundle => ({ problem, isGone: true });
  let note: BundleNote;
  let code: string;
  try {
    note = JSON.parse(readFileSync(noteFile(place.folder, buildId), "utf8")) as BundleNote;
    code = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return gone(`its bundle ${file} is not there`);
    if (error instanceof SyntaxError) return gone(`its bundle ${file} is damaged: its note is not JSON`);
    return { problem: `its bundle ${file} cannot be read: ${String(error)}`, isGone: false };
  }
  if (sha256Of(code) !== note.sha256) return gone(`its bundle ${file} is damaged: its SHA-256 is not the one noted`);
  if (note.sdkVersion !== SDK_VERSION)
    return gone(`its bundle needs Temporal SDK ${note.sdkVersion}, this program has ${SDK_VERSION}`);
  const missing = note.activities.filter((name) => !place.activities.includes(name));
  if (missing.length > 0) return gone(`its workflows may ask for activities that are gone: ${missing.join(", ")}`);
  return { code };
}

/**
 * Notes that a bundle is in use, which keeps it from being forgotten. @throws Error when the folder cannot be written
 */
export function touchKept(folder: string, buildId: string): void {
  const now = new Date();
  try {
    utimesSync(noteFile(folder, buildId), now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Removes the bundles that nothing has used for some days. */
export function forgetUnused(folder: string, days: number): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
    const buildId = name.slice(0, -".json".length);
    const used = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
    if (used === undefined || Date.now() - used < days * DAY_MS) continue;
    rmSync(noteFile(folder, buildId), { force: true });
    rmSync(codeFile(folder, buildId), { force: true });
  }
}

const codeFile = (folder: string, buildId: string): string => join(folder, `${buildId}.js`);
const noteFile = (folder: string, buildId: string): string => join(folder, `${buildId}.json`);

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Two workers may keep the same bundle at once: each writes a file of its own and puts it in place. */
function writeWhole(path: string, text: string): void {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text, { mode: 0o600 });
  renameSync(own, path);
}

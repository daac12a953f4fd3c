import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildNow, BuildsNow } from "../../../readModels/buildsNow.ts";

/** The file of a data folder in which the worker says which builds it serves. */
export function buildsFile(dataDir: string): string {
  return join(dataDir, "builds.json");
}

/** Says which builds are served, for `ballast status`. */
export function writeBuildsNow(file: string, now: BuildsNow): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(now)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * What the worker of a data folder last said; undefined when it has said nothing yet. @throws Error when its file is
 * no JSON or cannot be read
 */
export function readBuildsNow(dataDir: string): BuildsNow | undefined {
  try {
    return JSON.parse(readFileSync(buildsFile(dataDir), "utf8")) as BuildsNow;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** One line for a person. */
export function buildText({ buildId, state, openRuns, problem }: BuildNow): string {
  if (openRuns === undefined) return `${buildId} ${state}${problem === undefined ? "" : `: ${problem}`}`;
  const runs = openRuns === 1 ? "1 open run" : `${openRuns} open runs`;
  return `${buildId} ${state}, ${runs}${problem === undefined ? "" : `: ${problem}`}`;
}

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandError, ExitCode } from "../commandError.ts";
import type { Used } from "../../config/index.ts";
import type { Deployment } from "../worker/deployment.ts";
import { hasRunningStack } from "../stack/processRecord.ts";
import type { RunFile } from "./system.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Where a start and the demo keep their data when nobody names a folder. */
export const SITE_FOLDER = join(ROOT, ".data", "site");
const DEMO_FOLDER = join(ROOT, ".data", "demo");
const HOW_TO_START =
  "start one with `npm run demo` or `ballast start <config>`, or name the data folder of one that runs with --run or " +
  "BALLAST_RUN_DIR";

/** A run's data folder and how it was chosen. */
export interface RunFolder {
  readonly dir: string;
  /** Set when nobody named it: what to tell the user. */
  readonly notice?: string;
}

/**
 * Data folder of a run: `--run`, else `BALLAST_RUN_DIR`, else of `.data/site` and `.data/demo` of this clone the one
 * whose stack runs, else the first that is there. @throws CommandError: 4 when there is none, 2 when both run.
 */
export function findRunFolder(
  given: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  folders: readonly string[] = [SITE_FOLDER, DEMO_FOLDER],
): RunFolder {
  const named = given ?? (env["BALLAST_RUN_DIR"] || undefined);
  if (named !== undefined) return { dir: resolve(named) };
  const there = folders.filter((folder) => existsSync(folder));
  const running = there.filter(hasRunningStack);
  if (running.length > 1)
    throw new CommandError(
      ExitCode.unusable,
      `a stack runs in each of ${running.join(" and ")}: name the one that is meant with --run`,
    );
  const [dir] = running.length === 1 ? running : there;
  if (dir !== undefined) return { dir, notice: `data folder ${dir} (another with --run)` };
  throw new CommandError(
    ExitCode.noRun,
    `no stack runs here: no data folder is named and neither ${folders.join(" nor ")} exists; ${HOW_TO_START}`,
  );
}

/** Folder of a start for which nobody names one. */
export function startFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env["BALLAST_RUN_DIR"] || SITE_FOLDER;
}

/** As a release before books wrote it, too. */
type RunFileText = Omit<RunFile, "bookId"> & { readonly bookId?: string };

/**
 * How to reach what runs in a data folder. @throws CommandError: 4 when nothing has run there, 3 when it is somebody
 * else's.
 */
export function readRunFile(dir: string): RunFile {
  const path = join(dir, "run.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "EACCES")
      throw new CommandError(
        ExitCode.notAllowed,
        `${path} belongs to another account: only the owner of a run can reach it`,
        { cause },
      );
    throw new CommandError(ExitCode.noRun, `no stack runs in ${dir} (no run.json there, ${code}); ${HOW_TO_START}`, {
      cause,
    });
  }
  try {
    const run = JSON.parse(text) as RunFileText;
    if (
      !Array.isArray(run.deployments) ||
      typeof run.appDatabaseUrl !== "string" ||
      typeof run.temporalAddress !== "string"
    )
      throw new Error("it names no site, database or Temporal server");
    const unnamed = run.deployments.find((one) => !namesMembers(one));
    if (unnamed !== undefined) throw otherForm(path, unnamed.plan.siteId);
    // before books, a run was of one site
    return { ...run, bookId: run.bookId ?? run.deployments[0]?.plan.siteId ?? "" };
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(
      ExitCode.unusable,
      `${path} is not a description of a run: ${(cause as Error).message}; start the stack again`,
      { cause },
    );
  }
}

/** Whether a deployment names its feeds and meters as this program does. */
function namesMembers({ feeds, meters }: Deployment): boolean {
  const uses: readonly (Used | undefined)[] = [...feeds, ...meters.map(({ meter }) => meter)];
  return uses.every((one) => typeof one?.use === "string");
}

function otherForm(path: string, siteId: string): CommandError {
  return new CommandError(
    ExitCode.unusable,
    `${path} describes site ${siteId} in the form of another version of Ballast: its feeds and meters are not named ` +
      `by use; move the file away, and the next start brings the configuration file into force as it stands`,
  );
}

/** The error of a run whose servers do not answer: it has ended and left its `run.json` behind. */
export function runHasEnded(dir: string, cause: unknown): CommandError {
  const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  return new CommandError(
    ExitCode.noRun,
    `no stack runs in ${dir}: its servers do not answer (${why}); ${HOW_TO_START}`,
    { cause },
  );
}

/** One site of a run: the one named, or the only one. @throws CommandError (2) naming the sites there are. */
export function siteOf(run: RunFile, siteId: string | undefined): Deployment {
  const known = run.deployments.map((one) => one.plan.siteId);
  const found =
    siteId === undefined && run.deployments.length === 1
      ? run.deployments[0]
      : run.deployments.find((one) => one.plan.siteId === siteId);
  if (found) return found;
  throw new CommandError(
    ExitCode.unusable,
    siteId === undefined
      ? `this run has several sites; name one with --site: ${known.join(", ")}`
      : `this run has no site "${siteId}"; it has: ${known.join(", ")}`,
  );
}

import { setTimeout as delay } from "node:timers/promises";
import { thrownText } from "../../domain/units/foreignText.ts";
import { buildText, readBuildsNow } from "../worker/builds/buildsNow.ts";

const LOOK_EVERY_MS = 2_000;

/**
 * Tells what is wrong with a site's builds, each problem once for as long as it lasts, and when all is well again;
 * until `signal` aborts. What the worker said in an earlier start does not count.
 */
export async function watchBuilds(
  dataDir: string,
  { say, signal, lookEveryMs = LOOK_EVERY_MS }: BuildsWatch,
): Promise<void> {
  const since = new Date().toISOString();
  let told: readonly string[] = [];
  while (!signal.aborted) {
    const problems = problemsSince(dataDir, since);
    if (problems !== undefined) {
      for (const problem of problems) if (!told.includes(problem)) say(`WARNING: ${problem}`);
      if (problems.length === 0 && told.length > 0) say("Every build with open runs is served, and new runs start");
      told = problems;
    }
    await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Undefined when the worker has said nothing since. */
function problemsSince(dataDir: string, since: string): readonly string[] | undefined {
  try {
    const now = readBuildsNow(dataDir);
    if (now === undefined || now.at < since) return undefined;
    return now.builds.filter(({ problem }) => problem !== undefined).map((build) => `build ${buildText(build)}`);
  } catch (error) {
    return [`what the worker says of its builds cannot be read: ${thrownText(error)}`];
  }
}

/** Whom a watch tells, and how long it lasts. */
export interface BuildsWatch {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Two seconds unless given. */
  readonly lookEveryMs?: number;
}

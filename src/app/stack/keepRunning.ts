import { setTimeout as pause } from "node:timers/promises";
import type { GuardedChild } from "./children.ts";

/** How often a child that dies is started again, as a service manager would. */
export type RestartRule = {
  /** Starts within the window before it is given up. */
  timesMax: number;
  windowMs: number;
  /** Before the first new start; doubled with each further one in the window. */
  firstPauseMs: number;
};

export const restartRule: RestartRule = { timesMax: 8, windowMs: 10 * 60_000, firstPauseMs: 200 };

const pauseMsMax = 15_000;

/** How to start a child again: the process, then whatever makes it ready. `ready` ends the child when it rejects. */
export type Restart = { launch(): Promise<GuardedChild>; ready(child: GuardedChild): Promise<unknown> };

/**
 * Keeps a child going: when it ends and was not told to, it is started again, at most as often as the rule allows. The
 * result is one child whose `pid` is that of the process now running; it has ended when it was told to, or when it is
 * given up: then `unexpectedEnd` says so. `hear` gets a line at each end, return and failure.
 */
export function keepRunning(
  first: GuardedChild,
  restart: Restart,
  hear: (line: string) => void,
  rule: RestartRule = restartRule,
): GuardedChild {
  const { name, logFile } = first;
  let current = first;
  let told = false;
  let givenUp: string | undefined;
  let starts: number[] = [];

  /** Why it is given up, or undefined when it runs again (or was told to end meanwhile). */
  async function again(why: string): Promise<string | undefined> {
    for (let problem = why; ;) {
      const now = Date.now();
      starts = starts.filter((at) => now - at < rule.windowMs);
      if (starts.length >= rule.timesMax)
        return (
          `${problem}\n${name} was started again ${starts.length} times within ${rule.windowMs / 60_000} min ` +
          `and is given up.`
        );
      starts.push(now);
      hear(
        `${problem.split("\n", 1)[0]} Starting it again (${starts.length} of at most ${rule.timesMax} within ` +
          `${rule.windowMs / 60_000} min)`,
      );
      await pause(Math.min(rule.firstPauseMs * 2 ** (starts.length - 1), pauseMsMax));
      if (told) return undefined;
      try {
        current = await restart.launch();
        if (told) await current.stop();
        else await restart.ready(current);
        if (!told) hear(`${name} is back (process ${current.pid})`);
        return undefined;
      } catch (error) {
        if (told) return undefined;
        problem = `${name} did not come back: ${(error as Error).message}`;
      }
    }
  }

  const exited = (async () => {
    for (;;) {
      const code = await current.exited;
      const why = current.unexpectedEnd();
      if (told || why === undefined) return code;
      givenUp = await again(why);
      if (givenUp !== undefined) return code;
    }
  })();
  return {
    name,
    logFile,
    get pid() {
      return current.pid;
    },
    readiness: first.readiness,
    exited,
    unexpectedEnd: () => givenUp,
    stop: async () => {
      told = true;
      await current.stop();
      await exited;
    },
  };
}

import type { GuardedChild } from "./children.ts";

/**
 * How a child that dies is started again, as a service manager would. A fault begins with an end and lasts until the
 * child has run for `steadyMs`.
 */
export type RestartRule = {
  /** Before the first new start of a fault; doubled with each further one, up to the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  steadyMs: number;
  /** A fault that lasts this long is given up. */
  giveUpAfterMs: number;
};

/** A site outlives a fault of minutes: a full disk, a server that is updated, a machine without memory. */
const siteRestarts: RestartRule = {
  firstPauseMs: 200,
  longestPauseMs: 30_000,
  steadyMs: 60_000,
  giveUpAfterMs: 30 * 60_000,
};

/** Somebody waits before a throwaway run: what is broken for a minute stays so. */
const throwawayRestarts: RestartRule = { ...siteRestarts, longestPauseMs: 15_000, giveUpAfterMs: 60_000 };

/** The rule of a stack that keeps its data, which runs a site, or of a throwaway one. */
export function restartsOf(keep: boolean): RestartRule {
  return keep ? siteRestarts : throwawayRestarts;
}

/** How to start a child again: the process, then whatever makes it ready. `ready` ends the child when it rejects. */
export type Restart = { launch(): Promise<GuardedChild>; ready(child: GuardedChild): Promise<unknown> };

/**
 * Keeps a child going: when it ends and was not told to, it is started again, with a growing pause, until the fault has
 * lasted as long as the rule bears. The result is one child whose `pid` is that of the process now running; it has
 * ended when it was told to, or when it is given up: then `unexpectedEnd` says so. `hear` gets a line at each end,
 * return and failure.
 */
export function keepRunning(
  first: GuardedChild,
  restart: Restart,
  hear: (line: string) => void,
  rule: RestartRule,
): GuardedChild {
  const { name, logFile } = first;
  const told = Promise.withResolvers<void>();
  let isTold = false;
  let current = first;
  let givenUp: string | undefined;
  const fault = faultUnder(rule);

  /** Why it is given up, or undefined when it runs again (or was told to end meanwhile). */
  async function again(why: string): Promise<string | undefined> {
    for (let problem = why; ;) {
      const pauseMs = fault.nextPauseMs();
      if (pauseMs === undefined)
        return (
          `${problem}\n${name} was started again ${fault.starts()} times within ${minutes(rule.giveUpAfterMs)} ` +
          `and is given up.`
        );
      hear(`${problem.split("\n", 1)[0]} Starting it again in ${seconds(pauseMs)} (start ${fault.starts()})`);
      const timer = Promise.withResolvers<void>();
      const running = setTimeout(timer.resolve, pauseMs);
      await Promise.race([timer.promise, told.promise]);
      clearTimeout(running);
      if (isTold) return undefined;
      try {
        current = await restart.launch();
        if (isTold) await current.stop();
        else await restart.ready(current);
        if (!isTold) hear(`${name} is back (process ${current.pid})`);
        fault.isBack();
        return undefined;
      } catch (error) {
        if (isTold) return undefined;
        problem = `${name} did not come back: ${(error as Error).message}`;
      }
    }
  }

  const exited = (async () => {
    for (;;) {
      const code = await current.exited;
      const why = current.unexpectedEnd();
      if (isTold || why === undefined) return code;
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
      isTold = true;
      told.resolve();
      await current.stop();
      await exited;
    },
  };
}

/** Counts the new starts of the fault that a child is in. */
function faultUnder(rule: RestartRule) {
  let starts = 0;
  let beganMs = 0;
  let backMs: number | undefined;
  return {
    starts: () => starts,
    isBack: () => void (backMs = performance.now()),
    /** Before the next new start; undefined when the fault has lasted too long. */
    nextPauseMs(): number | undefined {
      const nowMs = performance.now();
      if (starts === 0 || (backMs !== undefined && nowMs - backMs >= rule.steadyMs)) {
        starts = 0;
        beganMs = nowMs;
      }
      backMs = undefined;
      if (nowMs - beganMs >= rule.giveUpAfterMs) return undefined;
      return Math.min(rule.firstPauseMs * 2 ** starts++, rule.longestPauseMs);
    },
  };
}

const minutes = (ms: number): string => (ms < 60_000 ? seconds(ms) : `${ms / 60_000} min`);
const seconds = (ms: number): string => `${ms / 1000} s`;

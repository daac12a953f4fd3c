import type { SimCommand } from "../../src/simulators/miners/model.ts";

/** What the miners' own log says of the commands that start or stop hashing. */
export interface RestartCommands {
  readonly sent: number;
  /** Asked for what the machine was doing already: the one thing a repeat must never do. */
  readonly doubled: readonly SimCommand[];
  /** Acknowledged and not carried out, or come to nothing on waking. */
  readonly withoutEffect: number;
  /** Executed, the reply withheld. */
  readonly repliesLost: number;
}

/**
 * Commands in the order in which the machines received them. `no-change` is the machine's own word that it was there
 * already.
 */
export function restartCommands(log: readonly SimCommand[]): RestartCommands {
  const restarts = log.filter(({ command }) => command === "curtail" || command === "profileset");
  return {
    sent: restarts.length,
    doubled: restarts.filter(({ outcome }) => outcome === "no-change"),
    withoutEffect: restarts.filter(({ outcome }) => outcome === "ignored" || outcome === "dead-at-resume").length,
    repliesLost: restarts.filter(({ replied }) => !replied).length,
  };
}

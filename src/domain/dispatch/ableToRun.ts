import { canShed } from "./canFollow.ts";
import type { MachineReading } from "./model.ts";

/**
 * How many machines of a cohort would draw power if nobody curtailed it, from the last read-back of each: those that
 * run, and those that sleep as they were last ordered, because a return that has not been read back proves nothing
 * against them. Of the sleepers no more count than there were in `before`, the count that the cohort went down with: a
 * machine that did not run then was not curtailed. One that was read back asleep against its order does not count.
 */
export function ableToRun(
  machines: Iterable<{ readonly state: MachineReading["state"]; readonly atTarget?: boolean }>,
  before: number | undefined,
): number {
  let running = 0;
  let asleepAsOrdered = 0;
  for (const machine of machines) {
    if (canShed(machine)) running += 1;
    else if (machine.state === "asleep" && machine.atTarget === true) asleepAsOrdered += 1;
  }
  if (before === undefined || before <= running) return running;
  return Math.min(running + asleepAsOrdered, before);
}

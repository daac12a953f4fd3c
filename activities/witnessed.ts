import { clockDispute } from "../src/domain/units/clockDispute.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import { PortUnavailableError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";

/**
 * Market time by the witness while this machine's clock says `at`; `at` itself where there is no witness. For what
 * would date money or evidence. @throws PortUnavailableError, with an alarm in the log, when the two are more than
 * 120 s apart: it is tried again once somebody has set the clocks right
 */
export async function witnessed(witness: ClockWitness, log: Log, at: Instant, what: string): Promise<Instant> {
  const theirs = (await witness.now()) ?? at;
  const problem = clockDispute(at, theirs);
  if (problem === undefined) return theirs;
  log.error({ at, witnessed: theirs, problem }, `two clocks disagree: ${what} waits`);
  throw new PortUnavailableError(`${what}: ${problem}`);
}

/**
 * What to date by while this machine's clock says `at` and nothing can wait for clocks to be set right, as a command or
 * a verdict: `at`, or, when the two are more than 120 s apart, the witness's time, with an alarm in the log.
 */
export async function dated(witness: ClockWitness, log: Log, at: Instant): Promise<Instant> {
  const theirs = (await witness.now()) ?? at;
  const problem = clockDispute(at, theirs);
  if (problem === undefined) return at;
  log.error({ at, witnessed: theirs, problem }, "two clocks disagree: what the fleet does is dated by the database's");
  return theirs;
}

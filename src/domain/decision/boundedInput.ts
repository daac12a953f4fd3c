import { addSeconds, type Instant } from "../units/instant.ts";
import { signalProblem } from "../inputs/inputProblem.ts";
import type { SiteInput } from "../inputs/facts.ts";
import { unpacked } from "../inputs/unpacked.ts";

/** How far a sender's clock may be ahead of the site's, s. */
const AHEAD_SECONDS_MAX = 120;

/** What a site takes of one signal, which may carry facts that ride along. */
export function boundedInputs(signal: unknown, now: Instant | undefined): ReturnType<typeof boundedInput>[] {
  return unpacked(signal).map((input) => boundedInput(input, now));
}

/**
 * What a site takes of something that reached its mailbox. A malformed one is refused whole, and so is what comes as
 * an update only. One stamped more than 120 s after market time `now` is taken at `now`: a sender's clock that runs
 * ahead must not move the site's time.
 * `now` is undefined on a paced clock, whose keeper stamps every input. `problem` is for a person.
 */
export function boundedInput(
  input: unknown,
  now: Instant | undefined,
): { readonly taken?: SiteInput; readonly problem?: string } {
  const problem = signalProblem(input);
  if (problem !== undefined) return { problem: `not taken up: ${problem}` };
  const taken = input as SiteInput;
  if (now === undefined || taken.at <= addSeconds(now, AHEAD_SECONDS_MAX)) return { taken };
  return {
    taken: { ...taken, at: now },
    problem:
      `${taken.kind} was stamped ${taken.at}, more than ${AHEAD_SECONDS_MAX} s after market time; ` + `taken at ${now}`,
  };
}

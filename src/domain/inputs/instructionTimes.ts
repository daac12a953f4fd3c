import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import type { GridInstruction } from "./gridInstruction.ts";
import { type InstructionWord, issuedAtOf } from "./instructionWord.ts";
import { refusedWord, type WordRefusal } from "./wordVerdict.ts";

/** Clocks differ by seconds; a word from later than this is of a clock that is wrong. */
const AHEAD_SECONDS_MAX = 120;
/** A word that lay this long somewhere is said again before it moves load. */
const AGE_SECONDS_MAX = 86_400;
/** An instruction is for the coming days; one that begins later, or began before any may last, slips on the date. */
const BEGINS_WITHIN_SECONDS = 7 * 86_400;
const LASTS_SECONDS_MAX = 31 * 86_400;
/** Later than this after its beginning, it says so. */
const LATE_SECONDS = 60;

/** What is wrong with the moments of a word that comes at `at`; undefined when nothing is. */
export function timesProblem(word: InstructionWord, at: Instant): WordRefusal | undefined {
  const issuedAt = issuedAtOf(word);
  const wrong = (where: string, why: string, expected: string): WordRefusal =>
    refusedWord("time", where, why, expected);
  if (secondsBetween(at, issuedAt) > AHEAD_SECONDS_MAX)
    return wrong(
      "issued",
      `it was issued at ${issuedAt}, more than ${AHEAD_SECONDS_MAX} s after market time ${at}`,
      "the moment at which it was issued; check the sender's clock",
    );
  if (secondsBetween(issuedAt, at) > AGE_SECONDS_MAX)
    return wrong(
      "issued",
      `it was issued at ${issuedAt}, more than ${AGE_SECONDS_MAX / 3600} h before market time ${at}`,
      "an instruction of the last day; have it issued anew if it still holds",
    );
  return word.kind === "instruct" ? spanProblem(word.instruction, at) : undefined;
}

function spanProblem({ from, effectiveBy, until, restoreNotBefore }: GridInstruction, at: Instant) {
  const wrong = (where: string, why: string, expected: string): WordRefusal =>
    refusedWord("time", where, why, expected);
  if (from > addSeconds(at, BEGINS_WITHIN_SECONDS))
    return wrong("effective", `it begins at ${from}, more than 7 days after ${at}`, "a beginning within 7 days");
  if (from < addSeconds(at, -LASTS_SECONDS_MAX))
    return wrong("effective", `it began at ${from}, more than 31 days before ${at}`, "a beginning of the last 31 days");
  if (until !== undefined && until <= from)
    return wrong("until", `it ends at ${until}, not after its beginning at ${from}`, `an end after ${from}`);
  if (until !== undefined && until > addSeconds(from, LASTS_SECONDS_MAX))
    return wrong("until", `it ends at ${until}, more than 31 days after its beginning at ${from}`, "an earlier end");
  if (effectiveBy !== undefined && effectiveBy < from)
    return wrong("deadline", `the load is to be down by ${effectiveBy}, before it begins at ${from}`, "a later moment");
  if (effectiveBy !== undefined && until !== undefined && effectiveBy >= until)
    return wrong("deadline", `the load is to be down by ${effectiveBy}, when it ends at ${until}`, "an earlier moment");
  const restoreAfter = until ?? from;
  if (restoreNotBefore !== undefined && restoreNotBefore < restoreAfter)
    return wrong(
      "restoreNotBefore",
      `nothing may come back before ${restoreNotBefore}, which is before ${restoreAfter}`,
      "a later moment",
    );
  if (restoreNotBefore !== undefined && restoreNotBefore > addSeconds(restoreAfter, LASTS_SECONDS_MAX))
    return wrong(
      "restoreNotBefore",
      `nothing may come back before ${restoreNotBefore}, more than 31 days later`,
      "an earlier moment",
    );
  return undefined;
}

/** What a person should know of the moments of an instruction that is followed all the same; undefined when nothing. */
export function lateNote({ from, effectiveBy }: GridInstruction, at: Instant): string | undefined {
  if (effectiveBy !== undefined && effectiveBy <= at)
    return `late: the load was to be down by ${effectiveBy}, and it came at ${at}`;
  return secondsBetween(from, at) > LATE_SECONDS ? `late: it began at ${from}, and came at ${at}` : undefined;
}

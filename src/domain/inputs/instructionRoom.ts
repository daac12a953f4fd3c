import type { Instant } from "../units/instant.ts";
import type { GridInstruction } from "./gridInstruction.ts";
import { isStanding } from "./isStanding.ts";
import type { SiteView } from "./siteFact.ts";

/** Instructions that may stand at once: each stands in every record, and its bounds are looked at in every decision. */
const INSTRUCTIONS_MAX = 50;
/** What they may take of a record, of which 600,000 characters can be kept. */
const CHARS_MAX = 300_000;
/** Of one bound that does not hold, beside its cohort and the words of its instruction. */
const BROKEN_CHARS = 200;

/**
 * Why there is no room for an instruction beside others that stand and keep theirs; undefined when there is. A person
 * must see it: what it asks for is not done. Counted is what a record would have of all of them if none of their bounds
 * held: a flood of instructions must not keep a site from deciding. Of the room `share`, 0..1, is there to be taken;
 * all of it where absent.
 */
export function instructionRoomProblem(
  others: readonly GridInstruction[],
  received: GridInstruction,
  {
    site,
    asOf,
    share = 1,
  }: { readonly site: Pick<SiteView, "cohorts">; readonly asOf: Instant; readonly share?: number },
): string | undefined {
  const standing = others.filter((one) => isStanding(one, asOf));
  const left = `instruction ${received.instructionId} of ${received.issuer} is left out and not followed`;
  const todo = "have those recalled that are over, then have it sent again under a new message id";
  const instructionsMax = INSTRUCTIONS_MAX * share;
  if (standing.length >= instructionsMax)
    return `${left}: ${standing.length} others stand, at most ${instructionsMax} are kept; ${todo}`;
  const chars = [...standing, received].reduce((sum, one) => sum + recordChars(one, site), 0);
  const charsMax = CHARS_MAX * share;
  return chars > charsMax
    ? `${left}: with it, they could take ${chars} characters of a record, at most ${charsMax} are kept; ${todo}`
    : undefined;
}

/** Itself, and a bound for each of the cohorts that it takes off, or the one of its level. */
function recordChars(one: GridInstruction, { cohorts }: Pick<SiteView, "cohorts">): number {
  const { instructionId, issuer, product, demand, cohortIds } = one;
  const named = cohorts.filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true);
  const bound = JSON.stringify([instructionId, issuer, product]).length + BROKEN_CHARS;
  const isEach = demand === undefined || demand.kind === "off" || cohortIds !== undefined;
  const bounds = isEach ? named.reduce((sum, { cohortId }) => sum + cohortId.length + bound, 0) : bound;
  return JSON.stringify(one).length + bounds;
}

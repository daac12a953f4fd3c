import type { CohortChange } from "../dispatch/cohortChanges.ts";
import type { OrderedFall } from "../dispatch/mostFall.ts";
import type { MeterId } from "../units/ids.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import { borneOut } from "./borneOut.ts";

/** One look at the site meter, and whether its load may move by a command. */
export interface MeterLook {
  readonly at: Instant;
  /** As the meter shows; absent where it was not read, is frozen, or shows what its load cannot have. */
  readonly powerKw?: number;
  readonly registerWh?: bigint;
  /** The meter that was read. */
  readonly meterId?: MeterId;
  /** A dispatch made it before its commands, which have this revision. */
  readonly beforeRevision?: number;
  /** What those commands may take off the load. */
  readonly ordered?: OrderedFall;
  /** What they order of each cohort that they drive; absent where an older program kept it. */
  readonly changes?: OrderedChanges;
  /** What became of that dispatch; absent while it is under way, and where another took it back. */
  readonly ended?: EndedDispatch;
  /** A dispatch is under way, or closed so lately that machines may still follow it. */
  readonly isMoving: boolean;
}

/** What a dispatch orders, together with those that it takes back: all since the commands of `sinceRevision`. */
export interface OrderedChanges {
  readonly sinceRevision: number;
  readonly cohorts: readonly CohortChange[];
}

/** What became of a dispatch. */
export interface EndedDispatch {
  readonly at: Instant;
  /** The meter showed its whole change. */
  readonly isConfirmed: boolean;
  /** Cohorts of which each machine that it told was read back there. */
  readonly finishedCohortIds: readonly string[];
}

/** A fall of the load that no command explains. */
export interface LoadFall {
  readonly fellAfter: Instant;
  readonly fellBy: Instant;
  /** The least before and the most after, by power and by register, kW. */
  readonly fromKw: number;
  readonly toKw: number;
  /** Two before it and three after it; in a dispatch its reading before the commands, and three after them. */
  readonly looks: readonly MeterLook[];
  /** Beyond what a dispatch ordered, or while the meter was silent; absent where it was seen with no command. */
  readonly when?: "dispatch" | "silence";
}

/** Looks before and after the fall that must bear it out. */
const BEFORE = 2;
const AFTER = 3;
/** Looks further apart show a drift as a step, s. */
const APART_SECONDS_MAX = 130;

/**
 * Whether the load has fallen in one step by at least `leastFallKw`, as of the newest of some looks, ascending. Two
 * looks before the step and three after it must bear it out, each by its power and by what the register counted between
 * them; with no look of them missing and none while a command may move the load. So machines that die one by one, a
 * reading that jumps, a meter that fails or stands still, and a dispatch show no fall.
 */
export function loadFall(looks: readonly MeterLook[], leastFallKw: number): LoadFall | undefined {
  const seen = looks.slice(-(BEFORE + AFTER));
  const [before, after] = [seen.slice(0, BEFORE), seen.slice(BEFORE)];
  const [last, first] = [before.at(-1), after[0]];
  if (last === undefined || first === undefined || after.length < AFTER) return undefined;
  const isApart = seen.slice(1).some(({ at }, i) => secondsBetween((seen[i] as MeterLook).at, at) > APART_SECONDS_MAX);
  if (isApart || seen.some(({ isMoving }) => isMoving)) return undefined;
  const [was, is] = [borneOut(before), borneOut(after)];
  if (was === undefined || is === undefined) return undefined;
  const [fromKw, toKw] = [was.leastKw, is.mostKw];
  return fromKw - toKw >= leastFallKw ? { fellAfter: last.at, fellBy: first.at, fromKw, toKw, looks: seen } : undefined;
}

import { secondsBetween } from "../units/instant.ts";
import { borneOut } from "./borneOut.ts";
import type { LoadFall, MeterLook } from "./loadFall.ts";

/** Looks after the fall that must bear it out, and how far they stand apart at most, s. */
const AFTER = 3;
const APART_SECONDS_MAX = 130;
/** Machines may draw this many times what their modes say: what is ordered may take that off. */
const DRAWN_FACTOR_MAX = 1.1;

/**
 * Whether the load has fallen at least `leastFallKw` further than the dispatch under way could take it, as of the
 * newest of some looks, ascending. It goes by the reading that the dispatch made before its commands, and by what they
 * take off at most. Three looks must bear it out, each by its power and by the register, all of that dispatch. Nothing
 * is known where an earlier dispatch still moved the load then, or was taken back.
 */
export function fallBeyondOrder(looks: readonly MeterLook[], leastFallKw: number): LoadFall | undefined {
  const base = looks.findLast(({ beforeRevision }) => beforeRevision !== undefined);
  if (base?.powerKw === undefined || base.registerWh === undefined || base.isMoving) return undefined;
  if (base.ordered === undefined) return undefined;
  const after = looks.filter(({ at }) => at > base.at).slice(-AFTER);
  const [first, newest] = [after[0], after.at(-1)];
  if (first === undefined || newest?.isMoving !== true || after.length < AFTER) return undefined;
  const isApart = after
    .slice(1)
    .some(({ at }, i) => secondsBetween((after[i] as MeterLook).at, at) > APART_SECONDS_MAX);
  const is = borneOut(after);
  if (isApart || is === undefined) return undefined;
  const fromKw = base.powerKw - DRAWN_FACTOR_MAX * base.ordered.mayFallKw;
  if (fromKw - is.mostKw < leastFallKw) return undefined;
  return { fellAfter: base.at, fellBy: first.at, fromKw, toKw: is.mostKw, looks: [base, ...after], when: "dispatch" };
}

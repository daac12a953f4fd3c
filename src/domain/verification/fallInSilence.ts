import { secondsBetween } from "../units/instant.ts";
import { borneOut } from "./borneOut.ts";
import type { LoadFall, MeterLook } from "./loadFall.ts";

/** Looks before and after the silence that must bear the fall out. */
const BEFORE = 2;
const AFTER = 3;
/** Looks further apart are a silence between them, s. */
const APART_SECONDS_MAX = 130;
/** Within a longer silence the load may have drifted, and machines died one by one, s. */
const SILENCE_SECONDS_MAX = 600;
/** A fall that nobody saw must be clearer: so many times the least that is looked into, and this share of the load. */
const TIMES_LEAST_MIN = 3;
const SHARE_MIN = 0.1;

/**
 * Whether the load has fallen far while the meter was silent, as of the newest of some looks, ascending: the first
 * three that read it again. Two looks before the silence and those three must bear it out, each by its power and by the
 * register; none of them, and none between, while a command may move the load, and no dispatch begun among them.
 */
export function fallInSilence(looks: readonly MeterLook[], leastFallKw: number): LoadFall | undefined {
  const after = looks.slice(-AFTER);
  const earlier = looks.slice(0, -AFTER);
  const place = earlier.findLastIndex(({ powerKw }) => powerKw !== undefined);
  const before = earlier.slice(Math.max(place - BEFORE + 1, 0), place + 1);
  const [last, first] = [before.at(-1), after[0]];
  if (last === undefined || first === undefined || before.length < BEFORE || after.length < AFTER) return undefined;
  const silence = secondsBetween(last.at, first.at);
  const isSilence = place < earlier.length - 1 || silence > APART_SECONDS_MAX;
  const window = looks.slice(place - BEFORE + 1);
  const isCommanded = window.some(({ isMoving, beforeRevision }) => isMoving || beforeRevision !== undefined);
  if (!isSilence || silence > SILENCE_SECONDS_MAX || isCommanded || isApart(before) || isApart(after)) return undefined;
  const [was, is] = [borneOut(before), borneOut(after)];
  if (was === undefined || is === undefined) return undefined;
  const fallKw = was.leastKw - is.mostKw;
  if (fallKw < TIMES_LEAST_MIN * leastFallKw || fallKw < SHARE_MIN * was.leastKw) return undefined;
  const seen = { fellAfter: last.at, fellBy: first.at, fromKw: was.leastKw, toKw: is.mostKw };
  return { ...seen, looks: [...before, ...after], when: "silence" };
}

function isApart(looks: readonly MeterLook[]): boolean {
  return looks.slice(1).some(({ at }, i) => secondsBetween((looks[i] as MeterLook).at, at) > APART_SECONDS_MAX);
}

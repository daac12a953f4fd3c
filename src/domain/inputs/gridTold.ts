import type { GridEvidence } from "../market/gridEvidence.ts";
import { saidByFresh } from "../market/gridLevelInForce.ts";
import { isEmergency } from "../market/gridLevels.ts";
import { type FeedWord, heard, listed, silenceAfter, silenceOf } from "./feedSilence.ts";
import { GRID_CONDITION, type KnownGrid, type SeenGrid, type ToldGrid } from "./gridKnown.ts";
import { besidePolls, inForce } from "./gridNow.ts";
import { evidenceAfter, evidenceOf, limitSeconds, weighed } from "./gridWeighed.ts";
import { isSilent } from "./isSilent.ts";
import type { KnownSilence } from "./knownSilence.ts";
import { GRID_NOTICES } from "./noticesKnown.ts";
import { GRID_LEVEL_ID, type ReleaseInput } from "./orders.ts";
import type { About, Absorbed, SiteView } from "./siteFact.ts";

/**
 * What one source says, unless older than what is known of it. Only a fresh one ends its silence. Level and readability
 * are two facts: a state that cannot be read keeps the level of its source, unless it is at least a worse one.
 */
export function gridTold(known: SeenGrid, input: ToldGrid, about: About): Absorbed<KnownGrid> {
  const { site } = about;
  const source = input.feedId ?? GRID_CONDITION;
  const others = evidenceOf(known.grid).filter((one) => one.source !== source);
  const before = evidenceOf(known.grid).find((one) => one.source === source);
  if (before?.observedAt !== undefined && input.observedAt < before.observedAt) return { patch: {}, relevant: false };
  const isFresh = !isSilent(input.observedAt, input.at, limitSeconds(site, source));
  const wasSilent = silenceOf(known, GRID_CONDITION, source, site) !== undefined;
  const evidence = [...others, evidenceAfter(before, input, source, wasSilent)].toSorted(bySource);
  if (!isFresh) return reweighed(known, { evidence, silence: silenced(known, source, input, site) }, about);
  const silence = heard(known, GRID_CONDITION, source, site).patch;
  return { ...reweighed(known, { evidence, silence }, about), isHeard: true, source };
}

/** A source that falls silent, or is heard again: what it said last counts accordingly. */
export function gridFeedWord(known: SeenGrid, word: FeedWord, about: About): Absorbed<KnownGrid> {
  const silence = silenceAfter(known, word, about.site).patch;
  if (word.feed === GRID_NOTICES) return reweighed(known, { evidence: evidenceOf(known.grid), silence }, about);
  if (word.feed !== GRID_CONDITION) return { patch: {}, relevant: false };
  const isBack = ({ source }: GridEvidence): boolean =>
    word.kind === "feed-restored" &&
    (word.source === undefined || word.source === source || listed(about.site, GRID_CONDITION) === undefined);
  const evidence = evidenceOf(known.grid).map((one) => (isBack(one) ? { ...one, backSince: word.at } : one));
  return reweighed(known, { evidence, silence }, about);
}

/** Notices are in force, or are over: a poll that said so, or says less, counts accordingly. */
export function gridNoticed(known: SeenGrid, about: About): Absorbed<KnownGrid> {
  return reweighed(known, { evidence: evidenceOf(known.grid), silence: known }, about);
}

/** The level that was left standing claims nothing until a source speaks of an emergency again. */
export function gridRelease(known: SeenGrid, input: ReleaseInput, { site }: About): Absorbed<KnownGrid> {
  const { orderId, actor, reason, at } = input;
  if (orderId !== GRID_LEVEL_ID || gridReleaseProblem(known, site) !== undefined) return { patch: {}, relevant: false };
  return { patch: { grid: { ...known.grid, released: { actor, reason, at } } }, relevant: true };
}

/**
 * Why the grid level cannot be released, for whoever asked; undefined when it can: EEA 1 or above, and no source that
 * is fresh says so. A source that speaks is believed, so its level is not released.
 */
export function gridReleaseProblem(known: SeenGrid, site: SiteView): string | undefined {
  const { level, released } = known.grid;
  if (!isEmergency(level)) return `the grid level is ${level}; only a level of EEA 1 or above is released`;
  if (released !== undefined) return `the grid level is released already, by ${released.actor}`;
  const said = saidByFresh(weighed(known.grid, known, site));
  return isEmergency(said)
    ? `the grid condition is read and says ${said}; place an order to run against it`
    : undefined;
}

/** What is known once the evidence, or who is silent, is another. */
function reweighed(
  known: SeenGrid,
  { evidence, silence }: { readonly evidence: readonly GridEvidence[]; readonly silence: KnownSilence },
  { site, asOf }: About,
): Absorbed<KnownGrid> {
  const before = { ...known.grid, evidence };
  const grid = inForce(
    before,
    { evidence: weighed(before, silence, site), ...besidePolls({ ...known, ...silence }, site, asOf) },
    asOf,
  );
  const relevant =
    grid.level !== known.grid.level ||
    grid.unreadable !== known.grid.unreadable ||
    grid.released !== known.grid.released ||
    (site.onPrcPreAlert !== "none" && grid.preAlert?.observedAt !== known.grid.preAlert?.observedAt);
  return { patch: { grid }, relevant };
}

/** What a poll says that is older than its source's limit counts as what a silent source says. */
function silenced(known: KnownSilence, source: string, { at }: ToldGrid, site: SiteView): KnownSilence {
  const word = { kind: "feed-silent" as const, id: "", at, feed: GRID_CONDITION, source };
  return silenceAfter(known, word, site).patch;
}

function bySource(a: GridEvidence, b: GridEvidence): number {
  return a.source < b.source ? -1 : 1;
}

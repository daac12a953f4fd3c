import type { GridEvidence, WeighedEvidence } from "../market/gridEvidence.ts";
import { gridBounds, gridLevelInForce, saidByFresh } from "../market/gridLevelInForce.ts";
import { isEmergency, isWorse } from "../market/gridLevels.ts";
import type { GridLevel, GridPreAlert } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { type FeedWord, heard, type KnownSilence, listed, silenceAfter, silenceOf } from "./feedSilence.ts";
import { isSilent } from "./isSilent.ts";
import { GRID_LEVEL_ID, type ReleaseInput } from "./orders.ts";
import type { About, Absorbed, SiteView } from "./siteFact.ts";

export { GRID_LEVEL_ID };

/** What feeds, sites and records call it. */
export const GRID_CONDITION = "grid-condition";

/** What a site is told of the grid by one source. */
export interface ToldGrid {
  readonly at: Instant;
  /** Id of the feed; absent in older messages: the one there was. */
  readonly feedId?: string;
  readonly source: string;
  /** The level that the source said last in two consecutive polls. */
  readonly level: GridLevel;
  /** When the first of these was observed. */
  readonly since?: Instant;
  /** What the newest poll says where that is another level, or `unknown`: it says none. */
  readonly next?: GridLevel;
  /** The state cannot be read: `level` is the one that is kept, or `unknown` when there is none. */
  readonly unreadable?: true;
  /** Stands until an input without it. */
  readonly preAlert?: GridPreAlert;
  readonly observedAt: Instant;
}

/** What a site knows of the grid. */
export interface GridState {
  /** The level in force. */
  readonly level: GridLevel;
  /** Since when, and by which sources: those that said it then. */
  readonly since?: Instant;
  readonly saidBy?: readonly string[];
  /** Of the newest evidence. */
  readonly observedAt?: Instant;
  /** Of the sources that speak, none can be read. */
  readonly unreadable?: true;
  /** PRC is below the figure of a Watch, by a source that speaks; beside the level, which ERCOT declares. */
  readonly preAlert?: GridPreAlert;
  /** A person has released the level; it stands again when a source that says so speaks. */
  readonly released?: { readonly actor: string; readonly reason: string; readonly at: Instant };
  /** What each source says, by its id. Absent in older states: `level` is that of the one source. */
  readonly evidence?: readonly GridEvidence[];
}

/** The grid as a site knows it. */
export interface KnownGrid {
  readonly grid: GridState;
}

/** The grid as a decision sees it; `assumed` where a replay has no feed of it. */
export interface FrozenGrid {
  readonly grid: GridState & { readonly assumed: boolean };
}

/** What of the known facts the grid goes by. */
export type SeenGrid = KnownGrid & KnownSilence;

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
  const evidence = [...others, evidenceAfter(before, input, source)].toSorted(bySource);
  if (!isFresh) return reweighed(known, { evidence, silence: silenced(known, source, input, site) }, about);
  const silence = heard(known, GRID_CONDITION, source, site).patch;
  return { ...reweighed(known, { evidence, silence }, about), isHeard: true, source };
}

/** A source that falls silent, or is heard again: what it said last counts accordingly. */
export function gridFeedWord(known: SeenGrid, word: FeedWord, about: About): Absorbed<KnownGrid> {
  if (word.feed !== GRID_CONDITION) return { patch: {}, relevant: false };
  const isBack = ({ source }: GridEvidence): boolean =>
    word.kind === "feed-restored" &&
    (word.source === undefined || word.source === source || listed(about.site, GRID_CONDITION) === undefined);
  const evidence = evidenceOf(known.grid).map((one) => (isBack(one) ? { ...one, backSince: word.at } : one));
  return reweighed(known, { evidence, silence: silenceAfter(known, word, about.site).patch }, about);
}

/** The level that was left standing claims nothing until a source speaks of an emergency again. */
export function gridRelease(known: SeenGrid, input: ReleaseInput, { site, asOf }: About): Absorbed<KnownGrid> {
  const { orderId, actor, reason, at } = input;
  const now = settled(known, site, asOf);
  if (orderId !== GRID_LEVEL_ID || gridReleaseProblem(now, site) !== undefined) return { patch: {}, relevant: false };
  return { patch: { grid: { ...now.grid, released: { actor, reason, at } } }, relevant: true };
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

/** The grid at a moment: what time alone has changed since the last evidence included. */
export function settled(known: SeenGrid, site: SiteView, asOf: Instant): SeenGrid {
  return { ...known, grid: inForce(known.grid, weighed(known.grid, known, site), asOf) };
}

/** When the level changes by time alone; undefined when it does not. */
export function gridChangesAt(known: SeenGrid, site: SiteView, asOf: Instant): Instant | undefined {
  const { atMost, changesAt } = gridBounds(weighed(known.grid, known, site), asOf);
  return atMost === undefined || known.grid.released !== undefined ? undefined : changesAt;
}

/** Evidence of each source, of an older state the one that there was. */
export function evidenceOf({ evidence, level, observedAt, unreadable, preAlert }: GridState): readonly GridEvidence[] {
  if (evidence !== undefined) return evidence;
  if (observedAt === undefined) return [];
  return [
    {
      source: GRID_CONDITION,
      level,
      observedAt,
      ...(unreadable === true
        ? { unreadableSince: observedAt, next: { level: "unknown" as const, observedAt } }
        : {}),
      ...(preAlert === undefined ? {} : { preAlert }),
    },
  ];
}

/** What is known once the evidence, or who is silent, is another: with what the time had changed before. */
function reweighed(
  known: SeenGrid,
  { evidence, silence }: { readonly evidence: readonly GridEvidence[]; readonly silence: KnownSilence },
  { site, asOf }: About,
): Absorbed<KnownGrid> {
  const before = settled(known, site, asOf).grid;
  const grid = inForce({ ...before, evidence }, weighed({ ...before, evidence }, silence, site), asOf);
  const relevant =
    grid.level !== known.grid.level ||
    grid.unreadable !== known.grid.unreadable ||
    grid.released !== known.grid.released ||
    (site.onPrcPreAlert !== "none" && grid.preAlert?.observedAt !== known.grid.preAlert?.observedAt);
  return { patch: { grid }, relevant };
}

/** The grid by its evidence: level in force, and what goes with it. */
function inForce(before: GridState, evidence: readonly WeighedEvidence[], asOf: Instant): GridState {
  const { level: levelBefore, since, saidBy, released, evidence: kept } = before;
  const level = gridLevelInForce(levelBefore, evidence, asOf);
  const isSame = level === levelBefore;
  const speaking = evidence.filter((one) => !one.isSilent);
  const isUnreadable = speaking.length > 0 && speaking.every(({ unreadableSince }) => unreadableSince !== undefined);
  const observedAt = newest(evidence.map((one) => one.observedAt));
  const preAlert = newestPreAlert(isUnreadable || speaking.length === 0 ? evidence : speaking);
  const saying = speaking.filter((one) => one.level === level || one.next?.level === level).map(({ source }) => source);
  return {
    level,
    ...(isSame ? { since, saidBy } : { since: asOf, saidBy: saying }),
    ...(observedAt === undefined ? {} : { observedAt }),
    ...(isUnreadable ? { unreadable: true } : {}),
    ...(preAlert === undefined ? {} : { preAlert }),
    ...(released !== undefined && isSame && !isEmergency(saidByFresh(evidence)) ? { released } : {}),
    ...(kept === undefined ? {} : { evidence: kept }),
  };
}

/** One source after a poll of which the site is told. */
function evidenceAfter(before: GridEvidence | undefined, input: ToldGrid, source: string): GridEvidence {
  const { observedAt, preAlert } = input;
  const known = before?.level ?? "unknown";
  const isUnreadable = input.unreadable === true;
  const isKept = (isUnreadable || input.level === "unknown") && !isWorse(input.level, known);
  const level = isKept ? known : input.level;
  const next = input.next ?? (isKept ? "unknown" : undefined);
  const since = input.since ?? (level === known ? before?.since : observedAt);
  const wasUnreadable = before?.unreadableSince;
  const saysLess = next !== undefined && isWorse(level, next);
  const backSince = wasUnreadable !== undefined && !isUnreadable ? observedAt : before?.backSince;
  return {
    source,
    report: input.source,
    level,
    ...(since === undefined ? {} : { since }),
    ...(next === undefined || next === level ? {} : { next: { level: next, observedAt } }),
    observedAt,
    ...(isUnreadable ? { unreadableSince: saysLess ? (wasUnreadable ?? observedAt) : observedAt } : {}),
    ...(backSince === undefined ? {} : { backSince }),
    ...(preAlert === undefined ? {} : { preAlert }),
  };
}

/** What a poll says that is older than its source's limit counts as what a silent source says. */
function silenced(known: KnownSilence, source: string, { at }: ToldGrid, site: SiteView): KnownSilence {
  const word = { kind: "feed-silent" as const, id: "", at, feed: GRID_CONDITION, source };
  return silenceAfter(known, word, site).patch;
}

/** The evidence of the sources that the plan lists, each with what its freshness goes by. */
function weighed(grid: GridState, silence: KnownSilence, site: SiteView): readonly WeighedEvidence[] {
  const sources = listed(site, GRID_CONDITION);
  return evidenceOf(grid)
    .filter(({ source }) => sources === undefined || sources.some((one) => one.source === source))
    .map((one) => {
      const silent = silenceOf(silence, GRID_CONDITION, one.source, site);
      return {
        ...one,
        isSilent: silent !== undefined,
        ...(silent?.at === undefined ? {} : { silentSince: silent.at }),
        silentAfterSeconds: limitSeconds(site, one.source),
      };
    });
}

function limitSeconds(site: SiteView, source: string): number {
  const own = listed(site, GRID_CONDITION)?.find((one) => one.source === source);
  return own?.silentAfterSeconds ?? site.staleness.gridConditionSeconds;
}

function newest(moments: readonly (Instant | undefined)[]): Instant | undefined {
  return moments.filter((moment) => moment !== undefined).toSorted().at(-1);
}

function newestPreAlert(evidence: readonly GridEvidence[]): GridPreAlert | undefined {
  const alerts = evidence.map((one) => one.preAlert).filter((one) => one !== undefined);
  return alerts.toSorted((a, b) => (a.observedAt < b.observedAt ? -1 : 1)).at(-1);
}

function bySource(a: GridEvidence, b: GridEvidence): number {
  return a.source < b.source ? -1 : 1;
}

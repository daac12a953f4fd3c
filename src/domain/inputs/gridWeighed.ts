import type { GridEvidence, WeighedEvidence } from "../market/gridEvidence.ts";
import { isWorse } from "../market/gridLevels.ts";
import { listed, silenceOf } from "./feedSilence.ts";
import { GRID_CONDITION, type GridState, type ToldGrid } from "./gridKnown.ts";
import type { KnownSilence } from "./knownSilence.ts";
import type { SiteView } from "./siteFact.ts";

/** Evidence of each source, of an older state the one that there was. */
export function evidenceOf({ evidence, level, observedAt, unreadable, preAlert }: GridState): readonly GridEvidence[] {
  if (evidence !== undefined) return evidence;
  if (observedAt === undefined) return [];
  return [
    {
      source: GRID_CONDITION,
      level,
      observedAt,
      ...(unreadable === true ? { unreadableSince: observedAt, next: { level: "unknown" as const, observedAt } } : {}),
      ...(preAlert === undefined ? {} : { preAlert }),
    },
  ];
}

/** One source after a poll of which the site is told, which may end a silence of its. */
export function evidenceAfter(
  before: GridEvidence | undefined,
  input: ToldGrid,
  source: string,
  wasSilent: boolean,
): GridEvidence {
  const { observedAt, preAlert } = input;
  const known = before?.level ?? "unknown";
  const isUnreadable = input.unreadable === true;
  const isKept = (isUnreadable || input.level === "unknown") && !isWorse(input.level, known);
  const level = isKept ? known : input.level;
  const next = input.next ?? (isKept ? "unknown" : undefined);
  const since = input.since ?? (level === known ? before?.since : observedAt);
  const wasUnreadable = before?.unreadableSince;
  const saysLess = next !== undefined && isWorse(level, next);
  const isBack = !isUnreadable && (wasUnreadable !== undefined || (before?.next !== undefined && level === known));
  const backSince = isBack || wasSilent ? observedAt : before?.backSince;
  return {
    source,
    report: input.source,
    level,
    ...(since === undefined ? {} : { since }),
    ...(next === undefined || next === level ? {} : { next: { level: next, observedAt } }),
    ...(input.above === undefined ? {} : { above: input.above }),
    observedAt,
    ...(isUnreadable ? { unreadableSince: saysLess ? (wasUnreadable ?? observedAt) : observedAt } : {}),
    ...(backSince === undefined ? {} : { backSince }),
    ...(preAlert === undefined ? {} : { preAlert }),
  };
}

/** The evidence of the sources that the plan lists, each with what its freshness goes by. */
export function weighed(grid: GridState, silence: KnownSilence, site: SiteView): readonly WeighedEvidence[] {
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

/** Age at which a source is silent: its own limit, else that of the site, market seconds. */
export function limitSeconds(site: SiteView, source: string): number {
  const own = listed(site, GRID_CONDITION)?.find((one) => one.source === source);
  return own?.silentAfterSeconds ?? site.staleness.gridConditionSeconds;
}

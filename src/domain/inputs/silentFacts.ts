import { addSeconds, type Instant } from "../units/instant.ts";
import { type AnyFact, type FrozenFacts } from "./facts.ts";
import { FACTS } from "./index.ts";
import type { Freezing, SilenceRule, SiteView } from "./siteFact.ts";

const LIST: readonly AnyFact[] = FACTS;

/** A fact that is silent, and what its silence does. */
export interface SilentFact {
  readonly kind: string;
  readonly called: string;
  readonly rule: SilenceRule<object>;
}

/**
 * The facts that are silent: whatever the source said last is as old as its limit or absent, its watcher said so, or
 * there is nothing in it to decide by. One rule for every fact; none is ever guessed in its place. A fact whose silence
 * changes no decision is not among them.
 */
export function silentFacts(frozen: FrozenFacts, at: Freezing): SilentFact[] {
  return LIST.flatMap((fact) =>
    fact.silence !== undefined && isFactSilent(fact.kind, frozen, at)
      ? [{ kind: fact.kind, called: fact.called, rule: fact.silence }]
      : [],
  );
}

/** Whether one fact is silent. */
export function isFactSilent(kind: string, frozen: FrozenFacts, at: Freezing): boolean {
  const fact = LIST.find((one) => one.kind === kind);
  if (fact === undefined || fact.silence?.isAssumed?.(frozen) === true) return false;
  if (frozen.silentFeeds.includes(kind) || fact.silence?.isMissing?.(frozen, at) === true) return true;
  if (fact.ages === undefined) return false;
  const limit = limitOf(fact, frozen, at.site);
  return limit === undefined || limit <= at.asOf;
}

/** When facts reach their age limits: each tells a site to look again, or its watcher tells the site. */
export function ageLimits(frozen: FrozenFacts, site: SiteView): Instant[] {
  return LIST.map((fact) => limitOf(fact, frozen, site)).filter((limit) => limit !== undefined);
}

/** When facts change by themselves after the moment of a decision: the site looks again then. */
export function ownChanges(frozen: FrozenFacts, at: Freezing): Instant[] {
  return LIST.map((fact) => fact.changesAt?.(frozen, at)).filter((moment) => moment !== undefined);
}

function limitOf({ ages }: AnyFact, frozen: FrozenFacts, site: SiteView): Instant | undefined {
  const since = ages?.since(frozen);
  return since === undefined || ages === undefined ? undefined : addSeconds(since, ages.limitSeconds(site));
}

import type { GridEvidence, WeighedEvidence } from "../market/gridEvidence.ts";
import { type GridBounds, gridBounds, gridLevelInForce, saidByFresh } from "../market/gridLevelInForce.ts";
import { isEmergency } from "../market/gridLevels.ts";
import type { GridPreAlert } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { GridState, SeenGrid } from "./gridKnown.ts";
import { weighed } from "./gridWeighed.ts";
import type { SiteView } from "./siteFact.ts";

/** The grid at a moment: what time alone has changed since the last evidence included. */
export function settled(known: SeenGrid, site: SiteView, asOf: Instant): SeenGrid {
  return { ...known, grid: inForce(known.grid, weighed(known.grid, known, site), asOf) };
}

/** The evidence of each source as it counts at a moment, and what it allows; for whoever looks at a site. */
export function gridStanding(
  known: SeenGrid,
  site: SiteView,
  asOf: Instant,
): { readonly sources: readonly WeighedEvidence[]; readonly bounds: GridBounds } {
  const sources = weighed(known.grid, known, site);
  return { sources, bounds: gridBounds(sources, asOf) };
}

/** When the level changes by time alone; undefined when it does not. */
export function gridChangesAt(known: SeenGrid, site: SiteView, asOf: Instant): Instant | undefined {
  const { atMost, changesAt } = gridBounds(weighed(known.grid, known, site), asOf);
  return atMost === undefined || known.grid.released !== undefined ? undefined : changesAt;
}

/** The grid by its evidence: level in force, and what goes with it. */
export function inForce(before: GridState, evidence: readonly WeighedEvidence[], asOf: Instant): GridState {
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

function newest(moments: readonly (Instant | undefined)[]): Instant | undefined {
  return moments
    .filter((moment) => moment !== undefined)
    .toSorted()
    .at(-1);
}

function newestPreAlert(evidence: readonly GridEvidence[]): GridPreAlert | undefined {
  const alerts = evidence.map((one) => one.preAlert).filter((one) => one !== undefined);
  return alerts.toSorted((a, b) => (a.observedAt < b.observedAt ? -1 : 1)).at(-1);
}

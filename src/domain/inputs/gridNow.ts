import type { GridEvidence, WeighedEvidence, WeighedNotices } from "../market/gridEvidence.ts";
import { type GridBounds, gridBounds, gridLevelInForce, saidByFresh } from "../market/gridLevelInForce.ts";
import { isEmergency, isWorse } from "../market/gridLevels.ts";
import type { GridPreAlert } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { deployedNow, type DeployedNow, SCED_ADDERS } from "./deployedNow.ts";
import type { GridState, SeenGrid } from "./gridKnown.ts";
import { weighed } from "./gridWeighed.ts";
import { GRID_NOTICES, weighedNotices } from "./noticesKnown.ts";
import type { SiteView } from "./siteFact.ts";

/** The grid at a moment: what time alone has changed since the last evidence included. */
export function settled(known: SeenGrid, site: SiteView, asOf: Instant): SeenGrid {
  const evidence = weighed(known.grid, known, site);
  return { ...known, grid: inForce(known.grid, { evidence, ...besidePolls(known, site, asOf) }, asOf) };
}

/** The evidence of each source as it counts at a moment, and what it allows; for whoever looks at a site. */
export function gridStanding(
  known: SeenGrid,
  site: SiteView,
  asOf: Instant,
): { readonly sources: readonly WeighedEvidence[]; readonly bounds: GridBounds } {
  const sources = weighed(known.grid, known, site);
  const { notices, deployed } = besidePolls(known, site, asOf);
  return { sources, bounds: gridBounds(sources, asOf, notices, deployed?.upTo) };
}

/** What counts beside the polls of the level at a moment. */
export function besidePolls(known: SeenGrid, site: SiteView, asOf: Instant): BesidePolls {
  return { notices: weighedNotices(known, site, asOf), deployed: deployedNow(known, asOf) };
}

/** Notices in force, and what ERCOT has deployed. */
interface BesidePolls {
  readonly notices?: WeighedNotices;
  readonly deployed?: DeployedNow;
}

/** When the level changes by time alone; undefined when it does not. */
export function gridChangesAt(known: SeenGrid, site: SiteView, asOf: Instant): Instant | undefined {
  const { atMost, changesAt } = gridStanding(known, site, asOf).bounds;
  return atMost === undefined || known.grid.released !== undefined ? undefined : changesAt;
}

/** The grid by its evidence and the notices in force: level, and what goes with it. */
export function inForce(
  before: GridState,
  { evidence, notices, deployed }: { readonly evidence: readonly WeighedEvidence[] } & BesidePolls,
  asOf: Instant,
): GridState {
  const { level: levelBefore, since, saidBy, released, evidence: kept } = before;
  const level = gridLevelInForce(levelBefore, evidence, asOf, notices, deployed?.upTo);
  const isSame = level === levelBefore;
  const speaking = evidence.filter((one) => !one.isSilent);
  const isUnreadable = speaking.length > 0 && speaking.every(({ unreadableSince }) => unreadableSince !== undefined);
  const observedAt = newest(evidence.map((one) => one.observedAt));
  const preAlert = newestPreAlert(isUnreadable || speaking.length === 0 ? evidence : speaking);
  const polls = speaking.filter((one) => one.level === level || one.next?.level === level).map(({ source }) => source);
  const isNoticed = notices !== undefined && !notices.isSilent && !isWorse(level, notices.level);
  const isDeployed = deployed !== undefined && !isWorse(level, deployed.upTo);
  const saying = [...polls, ...(isNoticed ? [GRID_NOTICES] : []), ...(isDeployed ? [SCED_ADDERS] : [])];
  return {
    level,
    ...(isSame ? { since, saidBy } : { since: asOf, saidBy: isWorse(level, "normal") ? saying : polls }),
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

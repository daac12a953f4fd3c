import { UnitError } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import { attribute } from "./attribute.ts";
import type { Attribution } from "./attribute.ts";
import type { BrokenBand } from "./attributed.ts";
import type { Band } from "./attributed.ts";
import type { ReserveTerms } from "./band.ts";
import { brokenBands } from "./brokenBands.ts";
import type { Draft } from "./draft.ts";
import { keptByReserve } from "./keptByReserve.ts";
import { type Filled, fillLadder, type Room } from "./ladder.ts";
import type { DecisionInput, Reason, SitePlan } from "./model.ts";
import { narrow } from "./narrow.ts";
import type { Narrowed, Taking } from "./narrowed.ts";
import { RULES } from "./rules/index.ts";
import { withinSingleSource } from "./singleSource.ts";
import { constantKw } from "./siteKw.ts";
import { economic } from "./rules/economic.ts";

/** Where one cohort is put, and why. */
export interface Allocated extends Attribution {
  readonly draft: Draft;
  readonly position: number;
  readonly reason: Reason;
  /** Of the reason, for the sentence; undefined where the price is. */
  readonly why?: string;
  /** When what keeps back a price-driven move ends, where the rules leave room for it. */
  readonly waitsUntil?: Instant;
  readonly alsoApplicable: readonly Reason[];
}

export interface Allocation {
  readonly cohorts: readonly Allocated[];
  readonly broken: readonly BrokenBand[];
}

/**
 * Puts every cohort of a site somewhere within the bands of the rules: where the price wants it as far as they and the
 * single-source limit let it, then down and up the ladder until the site's own bounds hold. Without `commanded` every
 * cohort is taken as one that follows, and no limit of sources holds.
 * @throws UnitError when no rule settles a cohort.
 */
export function allocate(site: {
  readonly plan: SitePlan;
  readonly input: DecisionInput;
  readonly price: ExpectedIntervalPrice | undefined;
  readonly drafts: readonly Draft[];
  readonly bands: readonly Band[];
  readonly commanded?: readonly boolean[];
}): Allocation {
  const { plan, input, price, bands, commanded } = site;
  const frames = site.drafts.map(({ frame }) => frame);
  const firmKw = constantKw(plan);
  const market = {
    asOf: input.asOf,
    ...(price === undefined ? {} : { expected: price.expectedUsdPerMwh }),
    keptBy: (terms: ReserveTerms) => keptByReserve(plan, input, price, site.drafts, terms),
  };
  const narrowed = narrow(frames, firmKw, bands, market, commanded);
  for (const [i, { frame, goes }] of site.drafts.entries()) {
    if (goes === undefined && commanded?.[i] !== false && !isSettled(narrowed, i))
      throw new UnitError(
        `decision: no rule settles cohort ${frame.cohort.cohortId}, a missing price must count as silence`,
      );
  }
  const drafts =
    price === undefined || commanded === undefined
      ? site.drafts
      : withinSingleSource(plan, input, price, site.drafts, narrowed.room, commanded);
  const wanted = drafts.map(({ frame, goes }) => goes ?? frame.current);
  const filled = fillLadder(frames, firmKw, narrowed.room, wanted);
  const { positions } = filled;
  const cohorts = drafts.map((draft, i) => allocated(narrowed, filled, draft, i));
  return { cohorts, broken: brokenBands(frames, firmKw, bands, narrowed, positions, input.asOf, commanded) };
}

/** Whether a rule says where a cohort is to be without a price: there alone, at least so high, or at most. */
function isSettled({ pinnedBy, floors, takings }: Narrowed, i: number): boolean {
  const isOwn = ({ band }: Taking): boolean => band.cohortId !== undefined && band.onlyRestarts !== true;
  return pinnedBy[i] !== undefined || [floors, takings].some((bounds) => bounds[i]?.some(isOwn));
}

function waits({ lowest, highest }: Room, { wish, heldUntil }: Draft, i: number, position: number): boolean {
  if (wish === undefined || heldUntil === undefined) return false;
  return Math.min(Math.max(wish, lowest[i] as number), highest[i] as number) !== position;
}

function allocated(narrowed: Narrowed, { positions, afterFloors }: Filled, draft: Draft, i: number): Allocated {
  const { frame, goes } = draft;
  const position = positions[i] as number;
  const floors = (narrowed.floors[i] as readonly Taking[]).map((floor): Taking => {
    const reached = afterFloors[narrowed.siteFloors.lastIndexOf(floor.band)]?.[i];
    return reached === undefined ? floor : { ...floor, position: reached };
  });
  const takings = narrowed.takings[i] as readonly Taking[];
  const attribution = attribute(frame, takings, floors, goes, position);
  const told = deciding(narrowed, i, goes, position, attribution);
  return {
    draft,
    position,
    ...attribution,
    ...told,
    ...(waits(narrowed.room, draft, i, position) ? { waitsUntil: draft.heldUntil } : {}),
    alsoApplicable: position < frame.normal ? agreeing(takings, goes, position, told.reason) : [],
  };
}

/** What keeps a cohort where it is: below normal the last to take from it, else what put it there. */
function deciding(
  { pinnedBy, takings, floors }: Narrowed,
  i: number,
  goes: number | undefined,
  position: number,
  { curtailed, heldOnBy }: Attribution,
): Pick<Allocated, "reason" | "why"> {
  const down = curtailed.at(-1);
  if (down !== undefined)
    return down.reason === economic.reason ? { reason: economic.reason } : { reason: down.reason, why: down.why };
  const pinned = pinnedBy[i];
  if (pinned !== undefined) return { reason: pinned.reason, why: pinned.why };
  const held = heldOnBy.at(-1);
  if (held !== undefined) return { reason: held.reason, why: held.why };
  const isCapped = goes !== undefined && goes > position;
  const ceiling = isCapped ? takings[i]?.find((taking) => taking.position === position)?.band : undefined;
  const bound = goes === undefined ? floors[i]?.[0]?.band : ceiling;
  return bound === undefined ? { reason: economic.reason } : { reason: bound.reason, why: bound.why };
}

/** Rules below the one that decides that would have led to the same or less, by precedence. */
function agreeing(
  takings: readonly Taking[],
  goes: number | undefined,
  position: number,
  reason: Reason,
): readonly Reason[] {
  const rank = (one: Reason): number => RULES.findIndex((rule) => rule.reason === one);
  const agree = takings
    .filter((taking) => taking.band.cohortId !== undefined && taking.position <= position)
    .map(({ band }) => band.reason);
  const all: Reason[] = goes !== undefined && goes <= position ? [...agree, economic.reason] : agree;
  return [...new Set(all)].filter((one) => rank(one) > rank(reason));
}

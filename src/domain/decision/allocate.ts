import { UnitError } from "../units/instant.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import { attribute } from "./attribute.ts";
import type { Attribution } from "./attribute.ts";
import type { BrokenBand } from "./attributed.ts";
import type { Band } from "./attributed.ts";
import { brokenBands } from "./brokenBands.ts";
import type { Draft } from "./draft.ts";
import { fillLadder } from "./ladder.ts";
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
  const market = { asOf: input.asOf, ...(price === undefined ? {} : { expected: price.expectedUsdPerMwh }) };
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
  const positions = fillLadder(frames, firmKw, narrowed.room, wanted);
  const cohorts = drafts.map((draft, i) => allocated(narrowed, draft, i, positions[i] as number));
  return { cohorts, broken: brokenBands(frames, firmKw, bands, narrowed, positions, input.asOf, commanded) };
}

/** Whether a rule says where a cohort is to be without a price. */
function isSettled({ pinnedBy, floors }: Narrowed, i: number): boolean {
  return pinnedBy[i] !== undefined || floors[i]?.some(({ band }) => band.cohortId !== undefined) === true;
}

function allocated(narrowed: Narrowed, draft: Draft, i: number, position: number): Allocated {
  const { frame, goes } = draft;
  const takings = narrowed.takings[i] as readonly Taking[];
  const attribution = attribute(frame, takings, narrowed.floors[i] as readonly Taking[], goes, position);
  const told = deciding(narrowed.pinnedBy[i], takings, goes, position, attribution);
  return {
    draft,
    position,
    ...attribution,
    ...told,
    alsoApplicable: position < frame.normal ? agreeing(takings, goes, position, told.reason) : [],
  };
}

/** What keeps a cohort where it is: below normal the last to take from it, else what put it there. */
function deciding(
  pinned: Band | undefined,
  takings: readonly Taking[],
  goes: number | undefined,
  position: number,
  { curtailed, heldOnBy }: Attribution,
): Pick<Allocated, "reason" | "why"> {
  const down = curtailed.at(-1);
  if (down !== undefined)
    return down.reason === economic.reason ? { reason: economic.reason } : { reason: down.reason, why: down.why };
  if (pinned !== undefined) return { reason: pinned.reason, why: pinned.why };
  const held = heldOnBy.at(-1);
  if (held !== undefined) return { reason: held.reason, why: held.why };
  const capped = goes !== undefined && goes > position;
  const ceiling = capped ? takings.find((taking) => taking.position === position)?.band : undefined;
  return ceiling === undefined ? { reason: economic.reason } : { reason: ceiling.reason, why: ceiling.why };
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

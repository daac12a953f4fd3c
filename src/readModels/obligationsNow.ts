import type { DecisionRecord, SitePlan } from "../domain/decision/model.ts";
import type { GridInstruction } from "../domain/inputs/gridInstruction.ts";
import { isSameInstruction } from "../domain/inputs/instructionKey.ts";
import type { SiteId } from "../domain/units/ids.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { KeptClock } from "../ports/meterWatch.ts";
import type { DeploymentsNow } from "./deploymentsNow.ts";
import { type DroppableNow, droppableNow } from "./droppableNow.ts";
import { type HoldsNow, holdsNow } from "./holdsNow.ts";
import type { ReserveNow } from "./reserveNow.ts";

/** An open instruction with its clock. */
export interface Obligation extends Pick<
  GridInstruction,
  "instructionId" | "revision" | "issuer" | "product" | "from" | "until" | "demand" | "cohortIds" | "restoreNotBefore"
> {
  readonly clock?: KeptClock;
  /** Until the clock's deadline, s; negative once it is past; absent without one. */
  readonly leftSeconds?: number;
  /** What the meter shows above the target now, kW; 0 where it is there. */
  readonly missingKw?: number;
}

/** What a site owes and how it stands. Power is that of the site meter. */
export interface ObligationsNow extends HoldsNow, DroppableNow {
  readonly siteId: SiteId;
  readonly at: Instant;
  readonly meteredKw?: number;
  readonly meteredAt?: Instant;
  readonly obligations: readonly Obligation[];
  /** How it stands for ancillary services that it has sold; absent where its file sells none. */
  readonly reserve?: ReserveNow & DeploymentsNow;
  /** Clocks that have ended lately. */
  readonly ended: readonly KeptClock[];
}

/** Joins a site's newest decision with the clocks of its instructions and the last look at its meter. */
export function obligationsNow(
  plan: SitePlan,
  record: DecisionRecord | undefined,
  clocks: readonly KeptClock[],
  look: { readonly at: Instant; readonly powerKw?: number } | undefined,
  at: Instant,
): ObligationsNow {
  const instructions = record?.input.facts.instructions ?? [];
  return {
    siteId: plan.siteId,
    at,
    ...(look?.powerKw === undefined ? {} : { meteredKw: look.powerKw, meteredAt: look.at }),
    obligations: instructions.map((one) => obligationOf(one, clocks, look?.powerKw, at)),
    ...droppableNow(plan, record),
    ...holdsNow(record),
    ended: clocks.filter(({ verdict }) => verdict !== undefined),
  };
}

function obligationOf(
  one: GridInstruction,
  clocks: readonly KeptClock[],
  powerKw: number | undefined,
  at: Instant,
): Obligation {
  const { instructionId, revision, issuer, product, from, until, demand, cohortIds, restoreNotBefore } = one;
  const clock = clockOf(one, clocks);
  // A part of a site has no meter of its own: what it shows after the verdict may be other load.
  const isMeasured = clock?.cohortIds === undefined || clock.verdict === undefined;
  const aboveKw =
    powerKw === undefined || clock?.targetKw === undefined || !isMeasured
      ? undefined
      : Math.max(powerKw - clock.targetKw, 0);
  return {
    instructionId,
    revision,
    issuer,
    product,
    from,
    until,
    demand,
    cohortIds,
    restoreNotBefore,
    ...(clock === undefined ? {} : { clock }),
    ...(clock?.dueAt === undefined ? {} : { leftSeconds: secondsBetween(at, clock.dueAt) }),
    ...(aboveKw === undefined ? {} : { missingKw: aboveKw }),
  };
}

/**
 * The clock of what an instruction asks now. One that names its issuer goes before an older one that names none, and
 * one that runs before one of content that was replaced.
 */
function clockOf(one: GridInstruction, clocks: readonly KeptClock[]): KeptClock | undefined {
  const { from, revision = 1 } = one;
  const own = clocks.filter((kept) => isSameInstruction(kept, one) && kept.startedAt === from);
  const newest = own.filter((kept) => kept.revision === revision);
  const named = newest.filter(({ issuer }) => issuer !== undefined);
  const known = named.length === 0 ? newest : named;
  return known.findLast(({ verdict }) => verdict === undefined) ?? known.at(-1);
}

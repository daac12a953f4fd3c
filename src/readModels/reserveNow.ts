import type { CohortPlan, DecisionRecord, SitePlan } from "../domain/decision/model.ts";
import type { BrokenBand } from "../domain/decision/attributed.ts";
import type { ReservePlan } from "../domain/decision/reservePlan.ts";
import { type Owed, type OwedProduct, reserveOwed } from "../domain/decision/reserveOwed.ts";
import { asReservation } from "../domain/decision/rules/asReservation.ts";
import { constantKw } from "../domain/decision/siteKw.ts";
import type { HeldAward } from "../domain/inputs/asAwards.ts";
import { awardDoubts, type EligibilityGate, unmetGates } from "../domain/inputs/awardDoubts.ts";
import { CAPACITY_PRODUCTS, type CapacityProduct } from "../domain/market/capacityProducts.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import { droppableNow } from "./droppableNow.ts";

/** An award in force, with what speaks against it. */
export interface AwardNow extends Pick<
  HeldAward,
  "resource" | "asType" | "marketType" | "startsAt" | "endsAt" | "awardedMw"
> {
  readonly doubts: readonly string[];
}

/** One service that is owed now, kW at the site meter. */
export interface ServiceNow extends OwedProduct {
  /** What a person calls it. */
  readonly called: string;
  readonly awards: readonly AwardNow[];
  /** Clearing price for capacity of the newest SCED run that the last decision knew; absent where none is known. */
  readonly mcpc?: { readonly usdPerMwHour: number; readonly scedAt: Instant; readonly ageSeconds: number };
  /** What an hour of the award is worth at that price, $/h. */
  readonly usdPerH?: number;
}

/** What a site has sold of ancillary services, and how it stands for it. Power is that of the site meter, kW. */
export interface ReserveNow {
  readonly services: readonly ServiceNow[];
  /** What must be there to be dropped, beyond what deployments have called off. */
  readonly owedKw: number;
  /** Low power consumption: what a deployment cannot take off. */
  readonly lowPowerKw: number;
  /** What could be dropped now: as metered where the meter was read, of machines that follow. */
  readonly droppableKw: number;
  /** What is owed and could not be dropped. */
  readonly gapKw: number;
  /** What the load must be able to rise by (Reg-Down), what it can by the meter, and what is missing. */
  readonly down?: { readonly owedKw: number; readonly canRiseKw?: number; readonly gapKw?: number };
  /** What the last decision says is not there, with what it costs. */
  readonly broken: readonly BrokenBand[];
  readonly gates: readonly (EligibilityGate & { readonly isMet: boolean })[];
  /** When what is owed changes next, and to what; absent where no award begins or ends. */
  readonly next?: { readonly at: Instant; readonly awardedKw: number; readonly downKw: number };
}

/**
 * How a site stands for what it has sold; undefined where its file sells nothing. `meteredKw`: of a look at the site
 * meter that is not old.
 */
export function reserveNow(
  plan: SitePlan,
  { record, meteredKw }: { readonly record: DecisionRecord | undefined; readonly meteredKw: number | undefined },
  at: Instant,
): ReserveNow | undefined {
  const { reserve } = plan;
  if (reserve === undefined) return undefined;
  const owed = owedAt(plan, record, at);
  const down: OwedProduct = { product: DOWNWARD, awardedKw: owed.downKw, deployedKw: 0 };
  const each = owed.downKw === 0 ? owed.up : [...owed.up, down];
  const owedKw = owed.up.reduce((sum, { awardedKw, deployedKw }) => sum + awardedKw - deployedKw, 0);
  const lowPowerKw = lowPowerOf(plan);
  const { droppableKw: followingKw } = droppableNow(plan, record);
  const droppableKw = Math.max(
    0,
    Math.min(followingKw, meteredKw === undefined ? followingKw : meteredKw - lowPowerKw),
  );
  const next = nextChange(plan, record, at);
  return {
    services: each.map((one) => serviceOf(one, { record, reserve }, owed.awards, at)),
    owedKw,
    lowPowerKw,
    droppableKw,
    gapKw: Math.max(0, owedKw - droppableKw),
    ...(owed.downKw === 0 ? {} : { down: riseOf(plan, record, owed.downKw, meteredKw) }),
    broken: record?.output.broken?.filter(({ reason }) => reason === asReservation.reason) ?? [],
    gates: reserve.gates.map((gate) => ({ ...gate, isMet: unmetGates([gate], at).length === 0 })),
    ...(next === undefined ? {} : { next }),
  };
}

/** Its megawatts are load that comes on. */
const DOWNWARD: CapacityProduct = "REGDN";

const NOTHING_OWED: Owed = { awards: [], up: [], downKw: 0 };

function owedAt(plan: SitePlan, record: DecisionRecord | undefined, asOf: Instant): Owed {
  const owed = record && reserveOwed(plan, { asOf, facts: record.input.facts });
  return owed ?? NOTHING_OWED;
}

function serviceOf(
  one: OwedProduct,
  { record, reserve }: { readonly record: DecisionRecord | undefined; readonly reserve: ReservePlan },
  awards: readonly HeldAward[],
  at: Instant,
): ServiceNow {
  const run = record?.input.facts.scedMcpc;
  const usdPerMwHour = run?.usdPerMwHour[one.product];
  const { called } = CAPACITY_PRODUCTS.find(({ product }) => product === one.product) as { readonly called: string };
  return {
    ...one,
    called,
    awards: awards
      .filter(({ product }) => product === one.product)
      .map((award) => {
        const { resource, asType, marketType, startsAt, endsAt, awardedMw } = award;
        const named = { resource, asType, ...(marketType === undefined ? {} : { marketType }) };
        return { ...named, startsAt, endsAt, awardedMw, doubts: awardDoubts(award, reserve, at) };
      }),
    ...(run === undefined || usdPerMwHour === undefined
      ? {}
      : {
          mcpc: { usdPerMwHour, scedAt: run.scedAt, ageSeconds: secondsBetween(run.scedAt, at) },
          usdPerH: (usdPerMwHour * one.awardedKw) / 1000,
        }),
  };
}

/** What the site takes with every machine off, or what its file says, whichever is more. */
function lowPowerOf(plan: SitePlan): number {
  const offKw = machinesKw(plan, undefined, (cohort) => cohort.modes[0]?.powerW);
  return Math.max(plan.reserve?.lowPowerKw ?? offKw, offKw);
}

function riseOf(
  plan: SitePlan,
  record: DecisionRecord | undefined,
  owedKw: number,
  powerKw: number | undefined,
): NonNullable<ReserveNow["down"]> {
  const topKw = machinesKw(plan, record, (cohort) => cohort.modes.at(-1)?.powerW);
  const canRiseKw = powerKw === undefined ? undefined : Math.max(0, topKw - powerKw);
  return { owedKw, ...(canRiseKw === undefined ? {} : { canRiseKw, gapKw: Math.max(0, owedKw - canRiseKw) }) };
}

/** Every machine that is able in one mode of its cohort, with the load that is no machine's, kW at the site meter. */
function machinesKw(
  plan: SitePlan,
  record: DecisionRecord | undefined,
  wattsOf: (cohort: CohortPlan) => number | undefined,
): number {
  return plan.cohorts.reduce((kw, cohort) => {
    const decided = record?.output.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId);
    const able = decided === undefined ? cohort.machines : decided.ableMachines;
    return kw + (able * (wattsOf(cohort) as number) * plan.pue) / 1000;
  }, constantKw(plan));
}

function nextChange(plan: SitePlan, record: DecisionRecord | undefined, at: Instant): ReserveNow["next"] {
  const [next] = (record?.input.facts.asAwards ?? [])
    .flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])
    .filter((moment) => moment > at)
    .toSorted();
  if (next === undefined) return undefined;
  const { up, downKw } = owedAt(plan, record, next);
  return { at: next, awardedKw: up.reduce((sum, { awardedKw }) => sum + awardedKw, 0), downKw };
}

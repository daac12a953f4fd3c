import type { SitePlan } from "../domain/decision/model.ts";
import type { ReservePlan, ReserveResource } from "../domain/decision/reservePlan.ts";
import { isDeployment } from "../domain/decision/reserveOwed.ts";
import { awardProduct } from "../domain/market/awardProducts.ts";
import { operatingDayOf } from "../domain/market/calendar.ts";
import { CAPACITY_PRODUCTS, type CapacityProduct } from "../domain/market/capacityProducts.ts";
import { addSeconds, type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { KeptClock } from "../ports/meterWatch.ts";
import type { InstructionTaken } from "../ports/siteRecords.ts";

/** A deployment of reserve, with its clocks; power is that of the site meter, kW. */
export interface DeploymentNow {
  readonly instructionId: string;
  readonly issuer: string;
  readonly called: string;
  readonly from: Instant;
  /** When it was recalled or ended; absent while it holds. */
  readonly endedAt?: Instant;
  /** By when it is to show, by the site's qualification. */
  readonly respondBy?: Instant;
  /** It came with less notice than the resource is registered with: minutes of both. */
  readonly shortNotice?: { readonly minutes: number; readonly registeredMinutes: number };
  /** Until when the service must be able to hold, by the site's qualification. */
  readonly sustainUntil?: Instant;
  /** The longest that the resource may be held, as registered. */
  readonly longestUntil?: Instant;
  /** By when the load must be back after its end, as registered. */
  readonly restoreBy?: Instant;
  /** Between which powers it performs, and whether the meter is there now; absent without its clock's base. */
  readonly band?: { readonly lowKw: number; readonly highKw: number; readonly isInside?: boolean };
}

/** How often a resource was deployed, against what it is registered for. */
export interface CallsNow {
  readonly resource: string;
  /** Of this operating day, and of it with the six before it. */
  readonly today: number;
  readonly week: number;
  readonly dailyMax?: number;
  readonly weeklyMax?: number;
}

/** Deployments that hold, or after whose end the load is not due back yet, and how often each resource was called. */
export interface DeploymentsNow {
  readonly deployments: readonly DeploymentNow[];
  readonly calls: readonly CallsNow[];
}

const WEEK_SECONDS = 6 * 86_400;

/** What came of deployments of a site that sells reserve; none of any other. */
export function deploymentsNow(
  plan: SitePlan,
  {
    taken,
    clocks,
    meteredKw,
  }: {
    readonly taken: readonly InstructionTaken[];
    readonly clocks: readonly KeptClock[];
    readonly meteredKw: number | undefined;
  },
  at: Instant,
): DeploymentsNow {
  const { reserve } = plan;
  if (reserve === undefined) return { deployments: [], calls: [] };
  const called = taken.filter(({ instruction }) => isDeployment(plan, instruction) && instruction.from <= at);
  const all = called.flatMap((one) => {
    const product = awardProduct(one.instruction.product as string);
    return product === undefined || wasRecalledBefore(one) ? [] : [{ one, product }];
  });
  return {
    deployments: all
      .map(({ one, product }) => deploymentOf(one, product, reserve, { clocks, meteredKw, at }))
      .filter(({ endedAt, restoreBy }) => endedAt === undefined || (restoreBy !== undefined && restoreBy > at)),
    calls: reserve.resources.map((resource) => callsOf(resource, all, at)),
  };
}

function wasRecalledBefore({ instruction, recalledAt }: InstructionTaken): boolean {
  return recalledAt !== undefined && recalledAt <= instruction.from;
}

function deploymentOf(
  { instruction, recalledAt, receivedAt }: InstructionTaken,
  product: CapacityProduct,
  { resources, band }: ReservePlan,
  { clocks, meteredKw, at }: { clocks: readonly KeptClock[]; meteredKw: number | undefined; at: Instant },
): DeploymentNow {
  const { instructionId, issuer, from, until } = instruction;
  const end = [recalledAt, until].filter((one) => one !== undefined).toSorted()[0];
  const endedAt = end !== undefined && end <= at ? end : undefined;
  const able = resources.filter(({ products }) => products.some((one) => one.product === product));
  const minutes = (of: (resource: ReserveResource) => number | undefined): number | undefined =>
    able
      .map(of)
      .reduce((least, one) => (least === undefined || (one !== undefined && one < least) ? one : least), undefined);
  const sustained = minutes(({ products }) => products.find((one) => one.product === product)?.sustainMinutes);
  const longest = minutes(({ maxDeploymentMinutes }) => maxDeploymentMinutes);
  const restored = minutes(({ minRestorationMinutes }) => minRestorationMinutes);
  const responds = minutes(({ products }) => products.find((one) => one.product === product)?.responseMinutes);
  const registeredMinutes = minutes(({ minNoticeMinutes }) => minNoticeMinutes);
  const noticeMinutes = Math.max(0, secondsBetween(receivedAt, from)) / 60;
  const isOpen = endedAt === undefined;
  const clock = clocks.findLast(
    (kept) => kept.instructionId === instructionId && (kept.issuer === undefined || kept.issuer === issuer),
  );
  const performed = isOpen && clock !== undefined ? bandOf(clock, band, meteredKw) : undefined;
  return {
    instructionId,
    issuer,
    called: CAPACITY_PRODUCTS.find((one) => one.product === product)?.called ?? product,
    from,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(responds === undefined || !isOpen ? {} : { respondBy: addSeconds(from, responds * 60) }),
    ...(isOpen && registeredMinutes !== undefined && noticeMinutes < registeredMinutes
      ? { shortNotice: { minutes: noticeMinutes, registeredMinutes } }
      : {}),
    ...(sustained === undefined || !isOpen ? {} : { sustainUntil: addSeconds(from, sustained * 60) }),
    ...(longest === undefined || !isOpen ? {} : { longestUntil: addSeconds(from, longest * 60) }),
    ...(restored === undefined || endedAt === undefined ? {} : { restoreBy: addSeconds(endedAt, restored * 60) }),
    ...(performed === undefined ? {} : { band: performed }),
  };
}

/** From the load at its start, less the most and the least share of what is to come off. */
function bandOf(
  { baseKw, targetKw, cohortIds }: KeptClock,
  { lowShare, highShare }: ReservePlan["band"],
  meteredKw: number | undefined,
): DeploymentNow["band"] {
  if (baseKw === undefined || targetKw === undefined || cohortIds !== undefined) return undefined;
  const askedKw = Math.max(0, baseKw - targetKw);
  const [lowKw, highKw] = [Math.max(0, baseKw - askedKw * highShare), baseKw - askedKw * lowShare];
  return {
    lowKw,
    highKw,
    ...(meteredKw === undefined ? {} : { isInside: meteredKw >= lowKw && meteredKw <= highKw }),
  };
}

function callsOf(
  { resource, products, maxDailyDeployments, maxWeeklyDeployments }: ReserveResource,
  all: readonly { readonly one: InstructionTaken; readonly product: CapacityProduct }[],
  at: Instant,
): CallsNow {
  const own = all.filter(({ product }) => products.some((each) => each.product === product));
  const days = own.map(({ one }) => operatingDayOf(one.instruction.from));
  const since = operatingDayOf(addSeconds(at, -WEEK_SECONDS));
  return {
    resource,
    today: days.filter((day) => day === operatingDayOf(at)).length,
    week: days.filter((day) => day >= since).length,
    ...(maxDailyDeployments === undefined ? {} : { dailyMax: maxDailyDeployments }),
    ...(maxWeeklyDeployments === undefined ? {} : { weeklyMax: maxWeeklyDeployments }),
  };
}

import { awardsInForce } from "../inputs/awardsInForce.ts";
import { dayEnd, dayStart, settlementInterval } from "../market/calendar.ts";
import { type ByProduct, CAPACITY_PRODUCTS, type CapacityProduct } from "../market/capacityProducts.ts";
import type { OperatingDay } from "../market/model.ts";
import { type Instant, secondsBetween, UnitError } from "../units/instant.ts";
import { frameOf } from "./frame.ts";
import type { DecisionRecord, SitePlan } from "./model.ts";
import { type PlannedInterval, planAhead } from "./planAhead.ts";
import { siteKw } from "./siteKw.ts";

/** What a site is to take in one hour of an operating day, and what it could, kW at the site meter. */
export interface OperatingHour {
  readonly hourEnding: number;
  readonly repeatedHour: boolean;
  /** Start of the hour; of the running one the moment from which it is planned. */
  readonly from: Instant;
  readonly until: Instant;
  readonly plannedKw: number;
  readonly leastKw: number;
  /** Low power consumption (LPC), and what it takes with every able machine in its normal mode (MPC). */
  readonly lowKw: number;
  readonly highKw: number;
  /** The most that is owed of each ancillary service in it. */
  readonly owedKw: ByProduct<number>;
  /** Mean of the foreseen prices, $/MWh; absent where one of its quarter hours is unforeseen. */
  readonly usdPerMwh?: number;
}

/**
 * The hours of an operating day that are not over, by the plan that a record gives: next-day load schedule, and
 * capability for the operating plan that a QSE submits. None for a day that is over. Machines are those able now.
 * @throws UnitError when the record does not fit the plan
 */
export function operatingPlan(plan: SitePlan, record: DecisionRecord, day: OperatingDay): OperatingHour[] {
  if (secondsBetween(record.input.asOf, dayEnd(day)) > AHEAD_SECONDS_MAX)
    throw new UnitError(`operating plan: ${day} is further ahead than the eight days that are planned`);
  const { intervals } = planAhead(plan, record, dayEnd(day));
  const ofDay = intervals.filter(({ until }) => until > dayStart(day));
  const hours = Map.groupBy(ofDay, ({ from }) => {
    const { hourEnding, repeatedHour } = settlementInterval(from);
    return `${hourEnding}${repeatedHour}`;
  });
  const limits = limitsOf(plan, record);
  return [...hours.values()].map((ofHour) => ({ ...hourOf(ofHour, record), ...limits }));
}

/** Eight days: a QSE's plan covers the next seven operating days. */
const AHEAD_SECONDS_MAX = 8 * 86_400 + 7_200;

function hourOf(
  intervals: readonly PlannedInterval[],
  { input }: DecisionRecord,
): Omit<OperatingHour, "lowKw" | "highKw"> {
  const [first] = intervals as [PlannedInterval, ...PlannedInterval[]];
  const { hourEnding, repeatedHour } = settlementInterval(first.from);
  const { until } = intervals.at(-1) as PlannedInterval;
  const kwSeconds = intervals.reduce((sum, one) => sum + one.meanKw * secondsBetween(one.from, one.until), 0);
  const prices = intervals.flatMap(({ price }) => (price === undefined ? [] : [price.usdPerMwh]));
  const owed: Partial<Record<CapacityProduct, number>> = {};
  for (const { from } of intervals) {
    const { mw } = awardsInForce(input.facts.asAwards ?? [], from);
    for (const { product } of CAPACITY_PRODUCTS) {
      const [now, before] = [mw[product], owed[product]];
      if (now !== undefined && (before === undefined || now * 1000 > before)) owed[product] = now * 1000;
    }
  }
  return {
    hourEnding,
    repeatedHour,
    from: first.from,
    until,
    plannedKw: kwSeconds / secondsBetween(first.from, until),
    leastKw: intervals.reduce((least, one) => Math.min(least, one.leastKw), first.leastKw),
    owedKw: owed,
    ...(prices.length < intervals.length
      ? {}
      : { usdPerMwh: prices.reduce((sum, usd) => sum + usd, 0) / prices.length }),
  };
}

function limitsOf(plan: SitePlan, { input }: DecisionRecord): Pick<OperatingHour, "lowKw" | "highKw"> {
  const frames = plan.cohorts.map((cohort) => frameOf(plan, cohort, input));
  const at = (positions: readonly number[]): number => siteKw(plan, frames, positions);
  const offKw = at(frames.map(() => 0));
  const registeredKw = plan.reserve?.lowPowerKw;
  return {
    lowKw: registeredKw === undefined ? offKw : Math.max(registeredKw, offKw),
    highKw: at(frames.map(({ normal }) => normal)),
  };
}

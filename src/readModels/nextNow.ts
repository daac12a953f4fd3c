import { type PlannedInterval, type PlannedMove, planAhead } from "../domain/decision/planAhead.ts";
import { type PlanDeviation, planDeviations } from "../domain/decision/planDeviations.ts";
import type { DecisionRecord, Reason, SitePlan } from "../domain/decision/model.ts";
import type { SiteId } from "../domain/units/ids.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import { type WhyNow, whyNow } from "./whyNow.ts";

/** kW below normal, or kept on against the price, by the rule or price that it is attributed to. */
export type KwByReason = Readonly<Partial<Record<Reason, number>>>;

/** A quarter hour to come. */
export interface NextInterval
  extends
    Pick<PlannedInterval, "intervalKey" | "from" | "until" | "price" | "meanKw" | "leastKw">,
    Pick<WhyNow, "offAboveUsdPerMwh" | "onBelowUsdPerMwh"> {
  /** Age of the word that the price rests on when the plan is made, s; absent where it has no moment. */
  readonly priceAgeSeconds?: number;
  readonly curtailedKw: KwByReason;
  /** What floors keep on that the price would drop. */
  readonly heldOnKw: KwByReason;
}

/** What a site is to do next. */
export interface NextNow {
  readonly siteId: SiteId;
  readonly madeAt: Instant;
  readonly sequence: number;
  readonly planHash: string;
  readonly intervals: readonly NextInterval[];
  readonly moves: readonly PlannedMove[];
  /** What was done otherwise since, where that is asked. */
  readonly deviations?: readonly PlanDeviation[];
}

/**
 * The coming quarter hours of a site from one record: foreseen price with its source and age, planned load, what rules
 * hold, and the price that would change it; with the records `done` since, what was done otherwise and why.
 * @throws UnitError when the record does not fit the plan
 */
export function nextNow(
  plan: SitePlan,
  record: DecisionRecord,
  until: Instant,
  done?: readonly DecisionRecord[],
): NextNow {
  const planned = planAhead(plan, record, until);
  const { intervals, ...made } = planned;
  return {
    ...made,
    intervals: intervals.map((one) => nextInterval(one, made.madeAt)),
    moves: intervals.flatMap(({ moves }) => moves),
    ...(done === undefined ? {} : { deviations: planDeviations(planned, done) }),
  };
}

function nextInterval({ decision, moves: _, ...interval }: PlannedInterval, madeAt: Instant): NextInterval {
  const { offAboveUsdPerMwh, onBelowUsdPerMwh } = whyNow(decision);
  const { cohorts } = decision.output;
  const saidAt = interval.price?.saidAt;
  return {
    ...interval,
    ...(offAboveUsdPerMwh === undefined ? {} : { offAboveUsdPerMwh }),
    ...(onBelowUsdPerMwh === undefined ? {} : { onBelowUsdPerMwh }),
    ...(saidAt === undefined ? {} : { priceAgeSeconds: secondsBetween(saidAt, madeAt) }),
    curtailedKw: byReason(cohorts.flatMap(({ curtailed }) => curtailed)),
    heldOnKw: byReason(cohorts.flatMap(({ heldOnBy }) => heldOnBy ?? [])),
  };
}

function byReason(parts: readonly { readonly reason: Reason; readonly kw: number }[]): KwByReason {
  const sums = new Map<Reason, number>();
  for (const { reason, kw } of parts) {
    const before = sums.get(reason);
    sums.set(reason, before === undefined ? kw : before + kw);
  }
  return Object.fromEntries(sums) as KwByReason;
}

import { type PlannedInterval, type PlannedMove, planAhead } from "../domain/decision/planAhead.ts";
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
  readonly intervals: readonly NextInterval[];
  readonly moves: readonly PlannedMove[];
}

/**
 * The coming quarter hours of a site from one record: foreseen price with its source and age, planned load, what rules
 * hold, and the price that would change it. @throws UnitError when the record does not fit the plan
 */
export function nextNow(plan: SitePlan, record: DecisionRecord, until: Instant): NextNow {
  const { intervals, ...made } = planAhead(plan, record, until);
  return {
    ...made,
    intervals: intervals.map((one) => nextInterval(one, made.madeAt)),
    moves: intervals.flatMap(({ moves }) => moves),
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

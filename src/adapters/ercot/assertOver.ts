import { MarketRowError } from "../../domain/market/normalizeField.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { outsideInstantProblem } from "../../domain/units/outsideInstant.ts";

/**
 * Refuses a row about a time that was not over when it was read: nothing is measured or settled before its end.
 * Ballast's own rule.
 * @throws MarketRowError naming the column and what stands there
 */
export function assertOver(column: string, text: string, endsAt: Instant, readAt: Instant): void {
  const problem = outsideInstantProblem(endsAt, readAt, Number.POSITIVE_INFINITY);
  if (problem !== undefined) throw new MarketRowError(column, text, `an interval that is over (${problem})`);
}

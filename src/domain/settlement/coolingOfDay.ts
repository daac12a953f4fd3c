import { dayEnd, dayStart } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import { byCodePoint } from "../units/allocate.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import type { FeederCooling } from "./model.ts";

/**
 * How much of the cooling each client's energy of a day was counted with, as the lines in force say, by client and
 * time. Lines without a factor say nothing: they are counted by the site's own.
 */
export function coolingOfDay(timeline: readonly CohortChange[], operatingDay: OperatingDay): FeederCooling[] {
  const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
  const found = new Map<string, FeederCooling>();
  for (const lines of Map.groupBy(timeline, ({ cohortId }) => cohortId).values()) {
    const inOrder = lines.toSorted((a, b) => compare(a.at, b.at));
    for (const [i, { at, clientId, ableToRun, feederPue }] of inOrder.entries()) {
      const until = inOrder[i + 1]?.at;
      if (feederPue === undefined || ableToRun === 0 || at >= to || (until !== undefined && until <= from)) continue;
      const since: Instant = at < from ? from : at;
      const key = `${clientId} ${feederPue}`;
      const known = found.get(key);
      if (known === undefined || since < known.since) found.set(key, { clientId, since, feederPue });
    }
  }
  return [...found.values()].sort((a, b) => byCodePoint(a.clientId, b.clientId) || compare(a.since, b.since));
}

function compare(a: Instant, b: Instant): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

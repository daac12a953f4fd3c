import { dayEnd, dayStart } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import { byCodePoint } from "../units/allocate.ts";
import type { Instant } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import type { FeederCooling } from "./model.ts";

/**
 * How much of the cooling each client's energy of a day was counted with, as the lines in force say: by client, each
 * time it changes. An instant has two entries where cohorts of the client were counted by different factors. A client
 * none of whose lines has a factor is left out: it is counted by the site's own.
 */
export function coolingOfDay(timeline: readonly CohortChange[], operatingDay: OperatingDay): FeederCooling[] {
  const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
  const lines = linesInForce(timeline, from, to);
  const instants = [...new Set([from, ...lines.map(({ since }) => since)])].toSorted(byCodePoint);
  return [...new Set(lines.map(({ clientId }) => clientId))].toSorted(byCodePoint).flatMap((clientId) => {
    const own = lines.filter((line) => line.clientId === clientId);
    if (own.every(({ feederPue }) => feederPue === undefined)) return [];
    let before: readonly FeederCooling["feederPue"][] = [];
    return instants.flatMap((since) => {
      const factors = factorsAt(own, since);
      if (factors.length === 0 || sameValue(factors, before)) return [];
      before = factors;
      return factors.map((feederPue) => ({ clientId, since, ...(feederPue === undefined ? {} : { feederPue }) }));
    });
  });
}

interface LineInForce extends Pick<CohortChange, "clientId" | "feederPue"> {
  readonly since: Instant;
  readonly until: Instant;
}

/** The parts of cohorts' lines with a machine able to run that lie between two instants. */
function linesInForce(timeline: readonly CohortChange[], from: Instant, to: Instant): LineInForce[] {
  return [...Map.groupBy(timeline, ({ cohortId }) => cohortId).values()].flatMap((lines) => {
    const inOrder = lines.toSorted((a, b) => byCodePoint(a.at, b.at));
    return inOrder.flatMap(({ at, clientId, ableToRun, feederPue }, i) => {
      const next = inOrder[i + 1]?.at;
      const [since, until] = [at < from ? from : at, next === undefined || next > to ? to : next];
      return ableToRun > 0 && since < until ? [{ clientId, feederPue, since, until }] : [];
    });
  });
}

/** The different factors in force at an instant, ascending, the absent one first. */
function factorsAt(lines: readonly LineInForce[], at: Instant): FeederCooling["feederPue"][] {
  const inForce = lines.filter(({ since, until }) => since <= at && at < until);
  const factors = [...new Set(inForce.map(({ feederPue }) => feederPue))];
  return [
    ...factors.filter((one) => one === undefined),
    ...factors.filter((one) => one !== undefined).toSorted((a, b) => a - b),
  ];
}

import { dayEnd, dayStart, previousDay } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import type { ClientId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { contractInForce } from "./contractInForce.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import type { SettledMeter } from "./dayFacts.ts";
import { dayMeters } from "./dayMeters.ts";
import type { SettlementDayInput } from "./model.ts";
import type { SettlementPoint } from "../market/settlementPoint.ts";

const KNOWN_DAYS = 31;

/** What a site's money follows from, beside the day's facts. */
export interface SettlementTerms extends SettlementPoint, Pick<SettlementDayInput, "contracts" | "supply"> {
  readonly meters: readonly SettledMeter[];
}

/** Who was at the site on a day, as its records tell. */
export interface DayPresence {
  readonly timeline: readonly CohortChange[];
  /** First boundary at which a meter was ever read, by meter. */
  readonly firstBoundaries: ReadonlyMap<string, Instant>;
}

/**
 * The terms of a later version of a day: those that the version before was settled under. The present configuration
 * adds a client that was there on the day and had no contract or no feeder in that version, and raises what a meter
 * can plausibly count. Whatever else has changed in it since, changes nothing of the day.
 * @throws SettlementError for contradictory contracts.
 */
export function termsAgain(
  previous: SettlementDayInput,
  present: SettlementTerms,
  presence: DayPresence,
): SettlementTerms {
  const { operatingDay, settlementPoint, settlementPointType, supply } = previous;
  const kept = dayMeters(previous);
  const isNew = (clientId: ClientId): boolean => wasThere(clientId, operatingDay, present.meters, presence);
  const contracts = present.contracts.filter(
    (one) =>
      isNew(one.clientId) &&
      contractInForce(present.contracts, one.clientId, operatingDay) === one &&
      contractInForce(previous.contracts, one.clientId, operatingDay) === undefined,
  );
  const meters = present.meters.filter(
    ({ clientId }) => !kept?.some((one) => one.clientId === clientId) && (clientId === undefined || isNew(clientId)),
  );
  return {
    settlementPoint,
    settlementPointType,
    supply,
    contracts: [...previous.contracts, ...contracts],
    meters: kept === undefined ? present.meters : [...kept.map((one) => raised(one, present.meters)), ...meters],
  };
}

/**
 * The terms of a day's first version: the present configuration, and for a client that had machines there on the day
 * and that the configuration has lost since, the contract and feeder of the last day settled before (`before`). Such a
 * feeder counts up to the last boundary at which it was read (`lastBoundaries`, by meter).
 */
export function termsFirst(
  present: SettlementTerms,
  before: SettlementDayInput,
  leavers: ReadonlySet<string>,
  lastBoundaries: ReadonlyMap<string, Instant>,
): SettlementTerms {
  const contracts = before.contracts.filter(
    ({ clientId }) => leavers.has(clientId) && !present.contracts.some((one) => one.clientId === clientId),
  );
  const meters = (dayMeters(before) ?? []).filter(
    ({ clientId }) =>
      clientId !== undefined && leavers.has(clientId) && !present.meters.some((one) => one.clientId === clientId),
  );
  return {
    ...present,
    contracts: [...present.contracts, ...contracts],
    meters: [
      ...present.meters,
      ...meters.flatMap((meter) => {
        const readUntil = lastBoundaries.get(meter.meterId);
        return readUntil === undefined ? [] : [{ ...meter, readUntil }];
      }),
    ],
  };
}

/** From which day on settled days tell the terms of a client that the configuration has lost. */
export function termsKnownSince(day: OperatingDay): OperatingDay {
  let since = day;
  for (let days = 0; days < KNOWN_DAYS; days++) since = previousDay(since);
  return since;
}

/** Clients with machines able to run on a day, of which the configuration lacks every contract or every feeder. */
export function leaversOf(
  present: SettlementTerms,
  operatingDay: string,
  timeline: readonly CohortChange[],
): ReadonlySet<string> {
  const known = (clientId: ClientId): boolean =>
    present.contracts.some((one) => one.clientId === clientId) &&
    present.meters.some((one) => one.clientId === clientId);
  return new Set(machinesOfDay(timeline, operatingDay).filter((clientId) => !known(clientId)));
}

/** Clients of the lines in force at some moment of a day that have a machine able to run. */
function machinesOfDay(timeline: readonly CohortChange[], operatingDay: string): string[] {
  const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
  return [...Map.groupBy(timeline, ({ cohortId }) => cohortId).values()].flatMap((lines) => {
    const inOrder = lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return inOrder.flatMap(({ at, clientId, ableToRun }, i) => {
      const until = inOrder[i + 1]?.at;
      const inForce = at < to && (until === undefined || until > from);
      return inForce && ableToRun > 0 ? [clientId] : [];
    });
  });
}

function wasThere(
  clientId: ClientId,
  operatingDay: string,
  meters: readonly SettledMeter[],
  { timeline, firstBoundaries }: DayPresence,
): boolean {
  const end = dayEnd(operatingDay);
  const read = meters
    .filter((meter) => meter.clientId === clientId)
    .flatMap(({ meterId }) => firstBoundaries.get(meterId) ?? []);
  return read.some((at) => at < end) || timeline.some((line) => line.clientId === clientId && line.at < end);
}

/** Machines that were listed late raise what a meter may count; machines that have gone since do not lower it. */
function raised(meter: SettledMeter, present: readonly SettledMeter[]): SettledMeter {
  const now = present.find(({ meterId }) => meterId === meter.meterId)?.plausibleMaxWh;
  if (meter.plausibleMaxWh === undefined || now === undefined || now <= meter.plausibleMaxWh) return meter;
  return { ...meter, plausibleMaxWh: now };
}

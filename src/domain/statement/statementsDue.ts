import type { OperatingDay } from "../market/model.ts";
import { nextDay } from "../market/calendar.ts";
import { byCodePoint } from "../units/allocate.ts";
import { covers, type EffectiveDates } from "../units/effectiveDates.ts";
import type { ContractId } from "../units/ids.ts";

/** Operating days, both inclusive. */
export interface Period {
  readonly from: OperatingDay;
  readonly to: OperatingDay;
}

/** The days of a month that are to be stated under one contract. */
export interface DueStatement {
  readonly contractId: ContractId;
  readonly period: Period;
}

type DatedContract = EffectiveDates & { readonly contractId: ContractId };

/** What a month's statements follow from. */
export interface MonthFacts {
  readonly month: Period;
  /** As the site is configured. */
  readonly configured: readonly DatedContract[];
  /** Settled days of the month before and of the month, with the contracts that each was settled under. */
  readonly settled: readonly { readonly operatingDay: OperatingDay; readonly contracts: readonly DatedContract[] }[];
  /** Statements issued before. */
  readonly issued: readonly DueStatement[];
}

/**
 * The statements that a month's close issues: for each contract the days of the month on which it is in force and that
 * no statement of it has. A day goes by the contracts that it was settled under, and by the configured ones where it is
 * not settled. So a client that comes, leaves or changes its contract amid the month is stated for its own days; a site
 * that began amid the month is stated from its first settled day on. Ballast's own rule.
 */
export function statementsDue({ month, configured, settled, issued }: MonthFacts): DueStatement[] {
  const isKnown = issued.length > 0 || settled.some(({ operatingDay }) => operatingDay < month.from);
  const first = settled.map(({ operatingDay }) => operatingDay).toSorted(byCodePoint)[0];
  if (!isKnown && first === undefined) return [];
  const from = isKnown || first === undefined || first < month.from ? month.from : first;
  const days = daysFrom(from, month.to).map((day) => {
    const contracts = settled.find(({ operatingDay }) => operatingDay === day)?.contracts ?? configured;
    return { day, inForce: new Set(contracts.filter((one) => covers(one, day)).map(({ contractId }) => contractId)) };
  });
  const contractIds = new Set([
    ...configured.map(({ contractId }) => contractId),
    ...days.flatMap(({ inForce }) => [...inForce]).toSorted(byCodePoint),
  ]);
  return [...contractIds].flatMap((contractId) => {
    const own = days.filter(({ inForce }) => inForce.has(contractId)).map(({ day }) => day);
    const stated = issued.filter((one) => one.contractId === contractId).map(({ period }) => period);
    return unstated(own, stated).map((period) => ({ contractId, period }));
  });
}

/** The days of a period that none of some others has, as periods of days in a row. */
export function periodsLeft(period: Period, others: readonly Period[]): Period[] {
  return unstated(daysFrom(period.from, period.to), others);
}

function unstated(days: readonly OperatingDay[], stated: readonly Period[]): Period[] {
  const periods: Period[] = [];
  for (const day of days) {
    if (stated.some(({ from, to }) => from <= day && day <= to)) continue;
    const last = periods.at(-1);
    if (last !== undefined && nextDay(last.to) === day) periods.splice(-1, 1, { from: last.from, to: day });
    else periods.push({ from: day, to: day });
  }
  return periods;
}

function daysFrom(from: OperatingDay, to: OperatingDay): OperatingDay[] {
  const days: OperatingDay[] = [];
  for (let day = from; day <= to; day = nextDay(day)) days.push(day);
  return days;
}

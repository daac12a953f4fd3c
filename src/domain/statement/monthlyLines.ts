import type { OperatingDay } from "../market/model.ts";
import { nextDay } from "../market/calendar.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { Contract, DaySettlement } from "../settlement/model.ts";
import { MONTHLY_TERMS } from "../settlement/terms/index.ts";
import type { ClientId } from "../units/ids.ts";
import { postable } from "../units/money.ts";
import { roundLine } from "./lines.ts";
import type { LineDraft } from "./lines.ts";
import type { Statement } from "./model.ts";
import { sameContractTerms } from "./sameTerms.ts";

/**
 * Charges by days, pro rata: one line for each charge, calendar month and contract, as it is kept with the settled
 * days. @throws SettlementError for two contracts of the client on one day.
 */
export function monthlyLines(
  clientId: ClientId,
  days: readonly DaySettlement[],
  schema: Statement["schema"],
): LineDraft[] {
  const rows = days.flatMap(({ input, result: { operatingDay } }) => {
    const contract = contractInForce(input.contracts, clientId, operatingDay);
    return contract === undefined ? [] : [{ contract, month: operatingDay.slice(0, 7) }];
  });
  return MONTHLY_TERMS.flatMap((term) => {
    const charged = rows.filter(({ contract, month }) => term.accrue(contract, chargedDays(month, 1)) !== undefined);
    return grouped(charged, schema).flatMap(({ contract, month, days: count }, i) => {
      const ofMonth = chargedDays(month, count);
      const amount = term.accrue(contract, ofMonth);
      if (amount === undefined) return [];
      const { rounded, step } = roundLine(amount, contract);
      const words = term.explain(contract, ofMonth);
      return [
        {
          key: `${term.code}:${month}:${i}`,
          code: term.code,
          ...words,
          days: count,
          daysOfMonth: ofMonth.daysOfMonth,
          ...rounded,
          journalE8: postable(amount),
          source: `contract ${contract.contractId} version ${contract.version}, ${term.clause}`,
          buildUp: [...words.buildUp, step],
        },
      ];
    });
  });
}

interface ContractDay {
  readonly contract: Contract;
  readonly month: string;
}

/** Days of one month and one contract together, in the order in which they first come. */
function grouped(
  rows: readonly ContractDay[],
  schema: Statement["schema"],
): (ContractDay & { readonly days: number })[] {
  const groups: (ContractDay & { days: number })[] = [];
  for (const { contract, month } of rows) {
    const group = groups.find((one) => one.month === month && sameContractTerms(one.contract, contract, schema));
    if (group === undefined) groups.push({ contract, month, days: 1 });
    else group.days += 1;
  }
  return groups;
}

function chargedDays(month: string, days: number) {
  return { month, days, daysOfMonth: daysOfMonth(month) };
}

/** Days of a period, both ends included. */
export function daysOfPeriod(period: { readonly from: OperatingDay; readonly to: OperatingDay }): OperatingDay[] {
  const days: OperatingDay[] = [];
  for (let day = period.from; day <= period.to; day = nextDay(day)) days.push(day);
  return days;
}

function daysOfMonth(month: string): number {
  let days = 0;
  for (let day: OperatingDay = `${month}-01`; day.startsWith(month); day = nextDay(day)) days += 1;
  return days;
}

import type { OperatingDay } from "../market/model.ts";
import { nextDay } from "../market/calendar.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { DaySettlement } from "../settlement/model.ts";
import { exactUsd, postable } from "../units/money.ts";
import { rational, rationalOfDecimal, rationalOfNumber, times } from "../units/rational.ts";
import { count, grouped } from "./figures.ts";
import { roundLine } from "./lines.ts";
import { sameContractTerms } from "./sameTerms.ts";
import type { LineDraft } from "./lines.ts";
import type { Statement } from "./model.ts";

/**
 * The fixed monthly fee pro rata by day: one line for each calendar month and each contract, as it is kept with the
 * settled days.
 * @throws SettlementError for two contracts of the client on one day.
 */
export function fixedFeeLines(
  clientId: string,
  days: readonly DaySettlement[],
  schema: Statement["schema"],
): LineDraft[] {
  const charged = days.flatMap(({ input, result: { operatingDay } }) => {
    const contract = contractInForce(input.contracts, clientId, operatingDay);
    return contract?.fixedFeeUsdPerKwMonth === undefined
      ? []
      : [{ contract, fee: contract.fixedFeeUsdPerKwMonth, month: operatingDay.slice(0, 7) }];
  });
  const groups: (typeof charged)[] = [];
  for (const row of charged) {
    const group = groups.find(
      ([first]) => first?.month === row.month && sameContractTerms(first.contract, row.contract, schema),
    );
    if (group === undefined) groups.push([row]);
    else group.push(row);
  }
  return groups.map((rows, i) => {
    const { contract, fee, month } = rows[0] as (typeof charged)[number];
    const monthDays = daysOfMonth(month);
    const kw = rationalOfNumber(contract.contractedKw);
    const amount = times(exactUsd(times(rationalOfDecimal(fee), kw)), rational(BigInt(rows.length), BigInt(monthDays)));
    const { rounded, step } = roundLine(amount, contract);
    return {
      key: `fixed-fee:${month}:${i}`,
      code: "fixed-fee",
      description: `Fixed fee, ${month}`,
      quantity: String(contract.contractedKw),
      unit: "kW",
      unitPrice: fee,
      days: rows.length,
      daysOfMonth: monthDays,
      ...rounded,
      journalE8: postable(amount),
      source: `contract ${contract.contractId} version ${contract.version}, fixed fee per kW and month`,
      buildUp: [
        `${grouped(String(contract.contractedKw))} kW contracted × ${fee} $/kW and month × ${rows.length} of ` +
          `${count(monthDays, "day")}`,
        step,
      ],
    };
  });
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

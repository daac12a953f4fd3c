import type { DecimalText } from "../../units/decimal.ts";
import { count, grouped } from "../../units/figures.ts";
import { exactUsd } from "../../units/money.ts";
import { rational, rationalOfDecimal, rationalOfNumber, times } from "../../units/rational.ts";
import type { MonthlyTerm } from "./term.ts";

interface FixedFee {
  /** Fixed monthly fee, US dollars per kW contracted, charged pro rata by day. */
  readonly fixedFeeUsdPerKwMonth?: DecimalText;
  readonly contractedKw: number;
}

/** A fee per contracted kW and month, pro rata by day; a contract may have none. */
export const fixedFee: MonthlyTerm<FixedFee> = {
  code: "fixed-fee",
  title: "Fixed fee",
  account: "Income:Hosting:FixedFee",
  clause: "fixed fee per kW and month",
  accrue({ fixedFeeUsdPerKwMonth, contractedKw }, { days, daysOfMonth }) {
    if (fixedFeeUsdPerKwMonth === undefined) return undefined;
    const ofMonth = exactUsd(times(rationalOfDecimal(fixedFeeUsdPerKwMonth), rationalOfNumber(contractedKw)));
    return times(ofMonth, rational(BigInt(days), BigInt(daysOfMonth)));
  },
  explain: ({ fixedFeeUsdPerKwMonth, contractedKw }, { month, days, daysOfMonth }) => ({
    description: `Fixed fee, ${month}`,
    quantity: String(contractedKw),
    unit: "kW",
    unitPrice: fixedFeeUsdPerKwMonth,
    buildUp: [
      `${grouped(String(contractedKw))} kW contracted × ${fixedFeeUsdPerKwMonth} $/kW and month × ${days} of ` +
        `${count(daysOfMonth, "day")}`,
    ],
  }),
  describe({ fixedFeeUsdPerKwMonth, contractedKw }) {
    const kw = grouped(String(contractedKw));
    return fixedFeeUsdPerKwMonth === undefined
      ? `Fixed fee: none; contracted ${kw} kW`
      : `Fixed fee: ${fixedFeeUsdPerKwMonth} $/kW and month on ${kw} kW contracted, by days of the calendar month`;
  },
  columns: [
    {
      name: "fixed_fee_usd_per_kw_month",
      unit: "USD/kW and month",
      meaning:
        "Fixed fee of your contract; blank when it has none. One line for each calendar month and each version of " +
        "the contract: contracted_kw × fee × the settled days of the period in that month and version ÷ days of " +
        "the month.",
      form: "number",
      value: ({ fixedFeeUsdPerKwMonth }) => fixedFeeUsdPerKwMonth,
    },
  ],
  guides: "all",
};

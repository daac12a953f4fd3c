import type { Reason } from "../decision/model.ts";
import type { ClientInterval } from "../settlement/model.ts";
import { CHARGES } from "../settlement/terms/index.ts";
import { formatUsdE8, postable } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import { exactDecimal, minus, negative, over, rational, sum } from "../units/rational.ts";
import type { Column } from "./columns.ts";
import { numberCell } from "./csv.ts";
import { kwh, onSettled } from "./intervalCells.ts";
import type { IntervalRow } from "./intervalRows.ts";
import { AMOUNT_SIGN } from "./lineColumns.ts";
import { chargeCodes, creditReasons } from "./codes.ts";
import { exactAmount } from "./lines.ts";

/** Sign of what a row that takes back carries. */
export const TAKEN_BACK = "Negative in a row taken back.";

/** Columns of charges and credits of these intervals: one for each charge, three for each reason, and their sum. */
export function amountColumns(intervals: readonly ClientInterval[]): Column<IntervalRow>[] {
  return [
    ...chargesOf(intervals).map(chargeColumn),
    ...creditReasons(intervals).flatMap(reasonColumns),
    {
      name: "row_amount_usd",
      unit: "USD",
      meaning: `Charges and client credits of the row together. ${EXACT}`,
      sign: AMOUNT_SIGN,
      cell: onSettled(({ interval }, sign) => usd(rowAmount(interval), sign)),
    },
  ];
}

const EXACT = "Unrounded.";

function chargesOf(intervals: readonly ClientInterval[]): (typeof CHARGES)[number][] {
  const codes = chargeCodes(intervals);
  return CHARGES.filter(({ code }) => codes.includes(code));
}

function chargeColumn({ code, formula }: (typeof CHARGES)[number]): Column<IntervalRow> {
  return {
    name: `charge_${code}_usd`,
    unit: "USD",
    meaning: `Charge ${code} = ${formula} ${EXACT}`,
    sign: AMOUNT_SIGN,
    cell: onSettled(({ interval }, sign) => {
      const e8 = interval.charges[code];
      return e8 === undefined ? "" : usd(exactAmount(interval, code, e8), sign);
    }),
  };
}

function reasonColumns(reason: Reason): Column<IntervalRow>[] {
  return [
    {
      name: `curtailed_${reason}_kwh`,
      unit: "kWh",
      meaning:
        `Part of curtailed_kwh under the reason ${reason}: whole Wh shared over the reasons of ordered_off_parts by ` +
        `their seconds × W, by largest remainder (each its share cut to whole Wh, what is left one Wh each to the ` +
        `largest remainders, of equal ones to the reason first in the alphabet). Blank when there is none.`,
      sign: TAKEN_BACK,
      cell: onSettled(({ interval }, sign) => {
        const part = interval.byReason[reason];
        return part === undefined ? "" : kwh(BigInt(part.curtailedWh) * sign);
      }),
    },
    {
      name: `gross_credit_${reason}_usd`,
      unit: "USD",
      meaning: `Value of that energy: − settlement_price_usd_per_mwh × curtailed_${reason}_kwh ÷ 1000.`,
      sign: "In your favor negative, as all credits; it is shared between you and the host, and not charged itself.",
      cell: onSettled(({ interval }, sign) => {
        const part = interval.byReason[reason];
        return part === undefined ? "" : usd(rational(-BigInt(part.grossE8)), sign);
      }),
    },
    {
      name: `client_credit_${reason}_usd`,
      unit: "USD",
      meaning: `Your part of gross_credit_${reason}_usd, by credit_terms. ${EXACT}`,
      sign: AMOUNT_SIGN,
      cell: onSettled(({ interval }, sign) => {
        const part = interval.byReason[reason];
        return part === undefined ? "" : usd(negative(exactAmount(interval, `credit:${reason}`, part.clientE8)), sign);
      }),
    },
  ];
}

function rowAmount(interval: ClientInterval): ExactE8 {
  const charges = Object.entries(interval.charges).map(([code, e8]) => exactAmount(interval, code, e8));
  const credits = Object.entries(interval.byReason).map(([reason, { clientE8 }]) =>
    exactAmount(interval, `credit:${reason}`, clientE8),
  );
  return minus(sum(charges), sum(credits));
}

function usd(e8: ExactE8, sign: bigint): string {
  return numberCell(exactDecimal(over(e8, rational(sign * 100_000_000n)), 8, 24) ?? formatUsdE8(postable(e8) * sign));
}

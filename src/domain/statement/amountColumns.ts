import type { Reason } from "../decision/model.ts";
import type { ClientInterval } from "../settlement/model.ts";
import { formatUsdE8, postable } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import { exactDecimal, minus, negative, over, rational, sum } from "../units/rational.ts";
import type { Column } from "./columns.ts";
import { numberCell } from "./csv.ts";
import { kwh, onSettled } from "./intervalCells.ts";
import type { IntervalRow } from "./intervalRows.ts";
import { AMOUNT_SIGN } from "./lineColumns.ts";
import { chargeCodes, creditReasons, exactAmount } from "./lines.ts";

/** Sign of what a row that takes back carries. */
export const TAKEN_BACK = "Negative in a row taken back.";

/** Columns of charges and credits of these intervals: one for each charge, three for each reason, and their sum. */
export function amountColumns(intervals: readonly ClientInterval[]): Column<IntervalRow>[] {
  return [
    ...chargeCodes(intervals).map(chargeColumn),
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

const CHARGE_MEANING: Readonly<Record<string, string>> = {
  "fixed-energy": "rate_usd_per_kwh × energy_kwh.",
  block:
    "block_kw ÷ 4 kWh, used or not, at the mean price of supply_blocks: the sum of kW × price over the blocks ÷ the " +
    "sum of their kW.",
  index:
    "settlement_price_usd_per_mwh × (energy_kwh + curtailed_kwh − block_kw ÷ 4) ÷ 1000; negative where unused block " +
    "is sold back. Curtailed energy is charged here and comes back as credit.",
  adders: "the sum of the prices of adders × energy_kwh ÷ 1000.",
  spread: "spread_usd_per_kwh × energy_kwh.",
};

const EXACT = "Unrounded.";

function chargeColumn(code: string): Column<IntervalRow> {
  return {
    name: `charge_${code}_usd`,
    unit: "USD",
    meaning: `Charge ${code} = ${CHARGE_MEANING[code]} ${EXACT}`,
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

import type { OperatingDay } from "../market/model.ts";
import { fairValueUsdPerTh, type MachineTerms } from "./machineEconomics.ts";

/** Hashprice of a month, $ per PH/s and day, before the pool's fee. */
export interface CurveMonth {
  /** `YYYY-MM` */
  readonly month: string;
  readonly usdPerPhDay: number;
}

const DAY_MS = 86_400_000;

/**
 * What a TH/s of a machine may cost, $, if it is to be paid back in so many days from a day on at a price of power,
 * $/MWh: the sum over the months of a forward curve, each by its own hashprice and its days in the span. A flat curve
 * gives what `fairValueUsdPerTh` gives. Undefined where the curve lacks a month: what it does not say is not known.
 */
export function fairValueOnCurveUsdPerTh(
  terms: Omit<MachineTerms, "hashpriceUsdPerPhDay">,
  powerUsdPerMwh: number,
  span: { readonly from: OperatingDay; readonly paybackDays: number },
  curve: readonly CurveMonth[],
): number | undefined {
  const priceOf = new Map(curve.map(({ month, usdPerPhDay }) => [month, usdPerPhDay]));
  let [sumUsdPerTh, leftDays, day] = [0, span.paybackDays, span.from];
  while (leftDays > 0) {
    const hashpriceUsdPerPhDay = priceOf.get(day.slice(0, 7));
    if (hashpriceUsdPerPhDay === undefined) return undefined;
    const next = nextMonth(day);
    const days = Math.min(leftDays, (Date.parse(next) - Date.parse(day)) / DAY_MS);
    sumUsdPerTh += fairValueUsdPerTh({ ...terms, hashpriceUsdPerPhDay }, powerUsdPerMwh, days);
    [leftDays, day] = [leftDays - days, next];
  }
  return sumUsdPerTh;
}

/** First day of the month after that of a day. */
function nextMonth(day: OperatingDay): OperatingDay {
  const [year, month] = day.split("-").map(Number) as [number, number];
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}

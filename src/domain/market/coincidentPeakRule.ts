import { UnitError } from "../units/instant.ts";
import type { OperatingDay } from "./model.ts";

/** By which peaks of the system transmission cost is charged, from a day on. */
export interface CoincidentPeakRule {
  /** First operating day on which it counts. */
  readonly effectiveFrom: OperatingDay;
  /** What a person calls it, with its source. */
  readonly called: string;
  /** Calendar months that have a peak, 1 to 12, ascending. */
  readonly months: readonly number[];
  /** Length of the interval that is measured; it divides the hour. */
  readonly intervalMinutes: number;
  /** Peaks that count a month, of different days. */
  readonly peaksPerMonth: number;
  /** Month in which the year begins whose peaks are charged together, 1 to 12. */
  readonly demandYearStart: number;
  /** Share of its normal demand that a load is billed for at least, whatever it takes at the peak; absent for none. */
  readonly minBillingShare?: number;
}

/** The rule in force on an operating day, of rows in ascending order; undefined before the first. */
export function peakRuleOn(rules: readonly CoincidentPeakRule[], day: OperatingDay): CoincidentPeakRule | undefined {
  return rules.findLast(({ effectiveFrom }) => effectiveFrom <= day);
}

/** Whether a rule counts a peak of the month that a day is in. */
export function hasPeak({ months }: CoincidentPeakRule, day: OperatingDay): boolean {
  return months.includes(monthOf(day));
}

/**
 * What one peak is worth, $ for each MW that is off in it: 1000 × the tariff's $/kW-year ÷ the peaks of a year. The
 * charge is the rate times the mean of the load at these peaks (16 TAC 25.192(b)); it falls in the year after.
 * @throws UnitError for a rule without peaks.
 */
export function usdPerMwOfPeak({ months, peaksPerMonth }: CoincidentPeakRule, tariffUsdPerKwYear: number): number {
  const peaks = months.length * peaksPerMonth;
  if (!(peaks > 0)) throw new UnitError(`coincident peaks: expected months and peaks a month, got ${peaks} peaks`);
  return (tariffUsdPerKwYear * 1_000) / peaks;
}

/** First month, `YYYY-MM`, of the demand year that an operating day counts in. */
export function demandYearOf({ demandYearStart }: CoincidentPeakRule, day: OperatingDay): string {
  const year = Number(day.slice(0, 4)) - (monthOf(day) < demandYearStart ? 1 : 0);
  return `${year}-${String(demandYearStart).padStart(2, "0")}`;
}

function monthOf(day: OperatingDay): number {
  return Number(day.slice(5, 7));
}

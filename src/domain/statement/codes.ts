import type { Reason } from "../decision/model.ts";
import type { ClientInterval } from "../settlement/model.ts";
import { CHARGES } from "../settlement/terms/index.ts";
import { StatementError } from "./errors.ts";
import type { Statement } from "./model.ts";

/** Before the reason in the code of a credit line. */
export const CREDIT_CODE = "curtailment-credit:";

/** Charge codes in the order a statement lists them. */
const CHARGE_ORDER: readonly string[] = CHARGES.map(({ code }) => code);

/**
 * Charge codes of some intervals, in the statement's order whatever the order of keys in a stored record. @throws
 * StatementError for an unknown code.
 */
export function chargeCodes(intervals: readonly ClientInterval[]): string[] {
  const found = new Set(intervals.flatMap((interval) => Object.keys(interval.charges)));
  const unknown = [...found].find((code) => !CHARGE_ORDER.includes(code));
  if (unknown !== undefined)
    throw new StatementError(
      `charge code "${unknown}" has no place on a statement; expected one of ${CHARGE_ORDER.join(", ")}`,
    );
  return CHARGE_ORDER.filter((code) => found.has(code));
}

/** Codes of lines that the words of a statement's papers name: those that all name, and those that it has. */
export function namedCodes(
  { lines }: Statement,
  charges: readonly { readonly code: string; readonly guides: "all" | "its own" }[],
): string[] {
  const own = new Set(lines.map(({ code }) => baseCode(code)));
  return charges.filter(({ code, guides }) => guides === "all" || own.has(code)).map(({ code }) => code);
}

/** The code of a line, or of the line that an adjustment corrects. */
export function baseCode(code: string): string {
  return code.replace(/^adjustment:/, "");
}

/** Reasons of curtailment of some intervals, in alphabetical order. */
export function creditReasons(intervals: readonly ClientInterval[]): Reason[] {
  return [...new Set(intervals.flatMap((interval) => Object.keys(interval.byReason) as Reason[]))].sort();
}

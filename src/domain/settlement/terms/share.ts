import type { DecimalText } from "../../units/decimal.ts";
import { ZERO, compare, rational, rationalOfDecimal } from "../../units/rational.ts";
import type { Rational } from "../../units/rational.ts";
import { SettlementError } from "../errors.ts";
import type { TermColumn } from "./term.ts";

/** The client's share of contract terms, exact. @throws SettlementError when it is outside 0..1. */
export function share(text: DecimalText): Rational {
  const value = rationalOfDecimal(text);
  if (compare(value, ZERO) < 0 || compare(value, rational(1n)) > 0) {
    throw new SettlementError(`credit terms: clientShare is ${text}; expected a share from 0 to 1, such as 0.70`);
  }
  return value;
}

/** The column of the share, the same for every kind that has one. */
export const SHARE_COLUMN: TermColumn<{ readonly clientShare: DecimalText }> = {
  name: "client_share",
  unit: "share",
  meaning: "Your share a, from 0 to 1, by contract.",
  form: "number",
  value: ({ clientShare }) => clientShare,
};

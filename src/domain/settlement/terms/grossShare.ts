import type { DecimalText } from "../../units/decimal.ts";
import { ZERO, times } from "../../units/rational.ts";
import { SHARE_COLUMN, share } from "./share.ts";
import type { CreditTerm, KindOfTerms } from "./term.ts";

interface GrossShare extends KindOfTerms {
  readonly kind: "gross-share";
  readonly clientShare: DecimalText;
  /** Whether a negative price is shared too. */
  readonly sharesNegative: boolean;
}

/** A share of S·ΔE; a negative price shares nothing with the client unless the contract says so. */
export const grossShare: CreditTerm<GrossShare> = {
  kind: "gross-share",
  formula: "a × S × dE, and nothing of a negative price unless shares_negative_price is yes.",
  accrue: ({ clientShare, sharesNegative }, { price, gross }) =>
    price < 0n && !sharesNegative ? ZERO : times(share(clientShare), gross),
  describe: ({ clientShare, sharesNegative }) =>
    sharesNegative
      ? `${clientShare} of it, also when the price is negative`
      : `${clientShare} of it; nothing of a negative price`,
  summarize: ({ clientShare }) => `gross, share ${clientShare}`,
  columns: [
    SHARE_COLUMN,
    {
      name: "shares_negative_price",
      unit: "yes or no",
      meaning: "Whether you also share the credit of a negative price, which is a cost.",
      form: "text",
      value: ({ sharesNegative }) => (sharesNegative ? "yes" : "no"),
    },
  ],
  guides: "all",
};

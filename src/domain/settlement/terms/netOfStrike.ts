import type { DecimalText } from "../../units/decimal.ts";
import { atUsdPerMwh } from "../../units/money.ts";
import { ZERO, compare, minus, plus, rational, times } from "../../units/rational.ts";
import { SHARE_COLUMN, share } from "./share.ts";
import type { CreditTerm, KindOfTerms } from "./term.ts";

interface NetOfStrike extends KindOfTerms {
  readonly kind: "net-of-strike";
  readonly strikeUsdPerMwh: DecimalText;
  readonly clientShare: DecimalText;
}

/** K·ΔE first, then a share of what the price gives above K; below K the client has S·ΔE, never below 0. */
export const netOfStrike: CreditTerm<NetOfStrike> = {
  kind: "net-of-strike",
  formula: "K × dE + a × (S − K) × dE where S is above K, else S × dE, never below 0.",
  accrue({ strikeUsdPerMwh, clientShare }, { gross, curtailedWh }) {
    const a = share(clientShare);
    const strikeValue = atUsdPerMwh(strikeUsdPerMwh, rational(curtailedWh));
    const aboveStrike = compare(gross, strikeValue) > 0;
    const amount = aboveStrike ? plus(strikeValue, times(a, minus(gross, strikeValue))) : gross;
    return compare(amount, ZERO) < 0 ? ZERO : amount;
  },
  describe: ({ strikeUsdPerMwh, clientShare }) =>
    `the price up to ${strikeUsdPerMwh} $/MWh, and ${clientShare} of what is above; never below 0`,
  summarize: ({ strikeUsdPerMwh, clientShare }) => `net of ${strikeUsdPerMwh} $/MWh, share ${clientShare}`,
  columns: [
    {
      name: "strike_usd_per_mwh",
      unit: "USD/MWh",
      meaning: "Strike K of your contract.",
      form: "number",
      value: ({ strikeUsdPerMwh }) => strikeUsdPerMwh,
    },
    SHARE_COLUMN,
  ],
  guides: "all",
};

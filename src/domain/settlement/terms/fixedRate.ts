import type { DecimalText } from "../../units/decimal.ts";
import { atUsdPerKwh } from "../../units/money.ts";
import { rational } from "../../units/rational.ts";
import { meteredKwh } from "./meteredKwh.ts";
import type { EnergyTerm, KindOfTerms } from "./term.ts";

interface FixedRate extends KindOfTerms {
  readonly kind: "fixed-rate";
  readonly rateUsdPerKwh: DecimalText;
}

/** All-in rate R·E; the host bears the supply. */
export const fixedRate: EnergyTerm<FixedRate> = {
  kind: "fixed-rate",
  charges: [
    {
      code: "fixed-energy",
      account: "Income:Hosting:Fixed",
      formula: "rate_usd_per_kwh × energy_kwh.",
      explain: ({ rateUsdPerKwh }, line) => meteredKwh("Energy, all-in rate", rateUsdPerKwh, line),
    },
  ],
  carriesSupply: false,
  words: "fixed-rate",
  accrue: ({ rateUsdPerKwh }, { energyWh }) => ({ "fixed-energy": atUsdPerKwh(rateUsdPerKwh, rational(energyWh)) }),
  describe: ({ rateUsdPerKwh, clause }) => [`Energy: all-in rate ${rateUsdPerKwh} $/kWh (clause ${clause})`],
  summarize: ({ rateUsdPerKwh }) => `${rateUsdPerKwh} $/kWh`,
  columns: [
    {
      name: "rate_usd_per_kwh",
      unit: "USD/kWh",
      meaning: "All-in rate of your contract.",
      form: "number",
      value: ({ rateUsdPerKwh }) => rateUsdPerKwh,
    },
  ],
  guides: "all",
};

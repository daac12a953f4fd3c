import type { DecimalText } from "../../units/decimal.ts";
import { count, grouped } from "../../units/figures.ts";
import { formatKwh } from "../../units/money.ts";
import type { ChargedLine, LineWords } from "./term.ts";

/** The words of a line that is metered energy times a rate, $/kWh. */
export function meteredKwh(description: string, rateUsdPerKwh: DecimalText, { intervals }: ChargedLine): LineWords {
  const kwh = formatKwh(meteredWh(intervals));
  return {
    description,
    quantity: kwh,
    unit: "kWh",
    unitPrice: rateUsdPerKwh,
    buildUp: [`${grouped(kwh)} kWh metered in ${count(intervals.length, "interval")} × ${rateUsdPerKwh} $/kWh`],
  };
}

/** Metered energy of a line, Wh. */
export function meteredWh(intervals: ChargedLine["intervals"]): bigint {
  return intervals.reduce((wh, { energyWh }) => wh + BigInt(energyWh), 0n);
}

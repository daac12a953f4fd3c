import type { Instant } from "../units/instant.ts";
import type { RegisterEnergy } from "../verification/registerEnergy.ts";
import { registerEnergyWh } from "../verification/registerEnergy.ts";
import type { DayFacts, SettledMeter } from "./dayFacts.ts";

/**
 * Energy of one meter in one settlement interval, from its registers at the two boundaries. A frozen meter proves
 * nothing: where one of the boundaries is one of `facts.frozen`, it is missing, with the boundary that found it.
 */
export function meteredEnergy(
  facts: Pick<DayFacts, "registers" | "frozen">,
  meter: SettledMeter,
  from: Instant,
  to: Instant,
): RegisterEnergy {
  const frozen = facts.frozen?.get(meter.meterId);
  const foundAt = frozen?.get(from) ?? frozen?.get(to);
  if (foundAt !== undefined)
    return {
      quality: "missing",
      reason: `the meter was frozen at ${foundAt}: its register stood still while it showed power`,
    };
  const register = facts.registers.get(meter.meterId);
  return registerEnergyWh(register?.get(from), register?.get(to), meter.rolloverWh, meter.plausibleMaxWh);
}

import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { RegisterEnergy } from "../verification/registerEnergy.ts";
import { registerEnergyWh } from "../verification/registerEnergy.ts";
import type { DayFacts, SettledMeter } from "./dayFacts.ts";

const INTERVAL_SECONDS = 900;

/**
 * Energy of one meter in one settlement interval, from its registers at the two boundaries. A frozen meter proves
 * nothing: neither at the boundaries where it was found frozen, nor at the one before, after which it has not moved and
 * where it may have stood already.
 */
export function meteredEnergy(
  facts: Pick<DayFacts, "registers" | "frozen">,
  meter: SettledMeter,
  from: Instant,
  to: Instant,
): RegisterEnergy {
  const frozen = facts.frozen?.get(meter.meterId);
  const next = addSeconds(to, INTERVAL_SECONDS);
  const frozenAt = [from, to, next].find((boundary) => frozen?.has(boundary));
  if (frozenAt !== undefined)
    return {
      quality: "missing",
      reason: `the meter was frozen at ${frozenAt}: its register stood still while it showed power`,
    };
  const register = facts.registers.get(meter.meterId);
  return registerEnergyWh(register?.get(from), register?.get(to), meter.rolloverWh, meter.plausibleMaxWh);
}

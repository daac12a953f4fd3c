import type { Instant } from "../units/instant.ts";
import type { MeterReading } from "../verification/model.ts";
import type { DayFacts } from "./dayFacts.ts";

/**
 * Readings of the meters at interval boundaries as a day is settled from them: registers and boundaries found frozen,
 * per meter, from boundary `from` to boundary `to`, both inclusive. A reading without a register is left out, never 0.
 */
export function registerBook(
  readings: readonly (Pick<MeterReading, "meterId" | "registerWh" | "quality"> & { readonly boundaryAt: Instant })[],
  from: Instant,
  to: Instant,
): Required<Pick<DayFacts, "registers" | "frozen">> {
  const registers = new Map<string, Map<Instant, bigint>>();
  const frozen = new Map<string, Set<Instant>>();
  for (const { meterId, boundaryAt, registerWh, quality } of readings) {
    if (boundaryAt < from || boundaryAt > to) continue;
    if (quality === "stale") frozen.set(meterId, (frozen.get(meterId) ?? new Set<Instant>()).add(boundaryAt));
    if (registerWh !== undefined)
      registers.set(meterId, (registers.get(meterId) ?? new Map<Instant, bigint>()).set(boundaryAt, registerWh));
  }
  return { registers, frozen };
}

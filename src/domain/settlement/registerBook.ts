import { byCodePoint } from "../units/allocate.ts";
import type { Instant } from "../units/instant.ts";
import type { MeterReading } from "../verification/model.ts";
import type { DayFacts } from "./dayFacts.ts";
import type { FoundFrozenLater } from "./model.ts";

/** A reading of a meter at an interval boundary, as far as money follows from it. */
export type BoundaryReading = Pick<MeterReading, "meterId" | "registerWh" | "quality"> & {
  readonly boundaryAt: Instant;
};

/**
 * Readings of the meters at interval boundaries as a day is settled from them, per meter, from boundary `from` to
 * boundary `to`, both inclusive. A reading without a register is left out, never 0. A meter found frozen proves nothing
 * there, nor at the boundary read before, after which it has not moved and where it may have stood already; so readings
 * after `to` count where they find that a register has stood since a boundary of the day.
 */
export function registerBook(
  readings: readonly BoundaryReading[],
  from: Instant,
  to: Instant,
): Pick<DayFacts, "registers"> & Required<Pick<DayFacts, "frozen" | "foundFrozenLater">> {
  const registers = new Map<string, ReadonlyMap<Instant, bigint>>();
  const frozen = new Map<string, ReadonlyMap<Instant, Instant>>();
  const foundFrozenLater: FoundFrozenLater[] = [];
  for (const [meterId, rows] of Map.groupBy(readings, (reading) => reading.meterId)) {
    const ofDay = new Map<Instant, bigint>();
    const foundAt = new Map<Instant, Instant>();
    let last: Instant | undefined;
    for (const { boundaryAt, registerWh, quality } of rows.toSorted(byBoundary)) {
      if (registerWh === undefined) continue;
      const isOfDay = boundaryAt >= from && boundaryAt <= to;
      const isFrozen = quality === "stale";
      if (isFrozen && last !== undefined && !foundAt.has(last)) {
        // What stands since the day's first boundary is the day before's to know.
        if (isOfDay || last > from) foundAt.set(last, boundaryAt);
        if (!isOfDay && last > from) foundFrozenLater.push({ meterId, standsSince: last, foundAt: boundaryAt });
      }
      if (isFrozen && isOfDay) foundAt.set(boundaryAt, boundaryAt);
      if (isOfDay) ofDay.set(boundaryAt, registerWh);
      last = isOfDay ? boundaryAt : undefined;
    }
    registers.set(meterId, ofDay);
    frozen.set(meterId, foundAt);
  }
  return {
    registers,
    frozen,
    foundFrozenLater: foundFrozenLater.toSorted((a, b) => byCodePoint(a.meterId, b.meterId)),
  };
}

/** The last boundary up to an instant at which each meter gave a register. `readings` in the order of time. */
export function lastBoundaries(readings: readonly BoundaryReading[], until: Instant): Map<string, Instant> {
  const last = new Map<string, Instant>();
  for (const { meterId, boundaryAt, registerWh } of readings)
    if (registerWh !== undefined && boundaryAt <= until) last.set(meterId, boundaryAt);
  return last;
}

function byBoundary(a: BoundaryReading, b: BoundaryReading): number {
  return a.boundaryAt < b.boundaryAt ? -1 : 1;
}

import type { MeterReading } from "../domain/verification/model.ts";
import type { Instant } from "../domain/units/instant.ts";

/** Meter registers at interval boundaries. Append-only; the first read of a boundary stands. */
export interface RegisterStore {
  save(siteId: string, boundaryAt: Instant, readings: readonly MeterReading[]): Promise<void>;
  /** Readings at boundaries from `from` to `to`, both inclusive, ascending, per meter. */
  between(
    siteId: string,
    from: Instant,
    to: Instant,
  ): Promise<readonly (MeterReading & { readonly boundaryAt: Instant })[]>;
  /** Last reading of a register at a boundary before `before`. */
  latestBefore(siteId: string, meterId: string, before: Instant): Promise<MeterReading | undefined>;
}

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
  /** First boundary at which each meter of a site was ever read or tried, by meter id. */
  firstBoundaries(siteId: string): Promise<ReadonlyMap<string, Instant>>;
  /** Last reading of a register at a boundary before `before`. */
  latestBefore(siteId: string, meterId: string, before: Instant): Promise<MeterReading | undefined>;
}

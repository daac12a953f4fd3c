import type { MeterReading } from "../domain/verification/model.ts";
import type { MeterId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/** A reading of a meter at an interval boundary. */
export type StoredReading = MeterReading & { readonly boundaryAt: Instant };

/** Meter registers at interval boundaries. Append-only; the first read of a boundary stands. */
export interface RegisterStore {
  save(siteId: SiteId, boundaryAt: Instant, readings: readonly MeterReading[]): Promise<void>;
  /** Readings at boundaries from `from` to `to`, both inclusive, ascending, per meter. */
  between(siteId: SiteId, from: Instant, to: Instant): Promise<readonly StoredReading[]>;
  /** As `between`, and of each meter in it the first reading of a register after `to`, which may find it frozen. */
  betweenAndNext(siteId: SiteId, from: Instant, to: Instant): Promise<readonly StoredReading[]>;
  /** First boundary at which each meter of a site was ever read or tried, by meter id. */
  firstBoundaries(siteId: SiteId): Promise<ReadonlyMap<string, Instant>>;
  /** Last reading of a register at a boundary before `before`. */
  latestBefore(siteId: SiteId, meterId: MeterId, before: Instant): Promise<StoredReading | undefined>;
}

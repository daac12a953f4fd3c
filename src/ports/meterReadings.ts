import type { MeterId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MeterReading } from "../domain/verification/model.ts";

/** Meters of one site. A meter that does not answer gives a reading of quality `missing`, not an error. */
export interface MeterReadings {
  /** Read every listed meter once; `readAt` is market time. */
  read(meterIds: readonly MeterId[], readAt: Instant): Promise<readonly MeterReading[]>;
}

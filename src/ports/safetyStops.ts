import type { StopInput } from "../domain/inputs/safetyStops.ts";
import type { SafetyStop } from "../domain/inputs/safetyStops.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** Safety stops of machines. Both throw PortUnavailableError when the database is away. */
export interface SafetyStops {
  /** Asked again under the same id, it counts once. */
  keep(siteId: SiteId, input: StopInput): Promise<void>;
  inForce(siteId: SiteId): Promise<readonly SafetyStop[]>;
}

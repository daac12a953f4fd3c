import type { StopInput } from "../src/domain/inputs/safetyStops.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import type { Log } from "../src/ports/log.ts";
import type { SafetyStops } from "../src/ports/safetyStops.ts";

export interface SafetyStopDeps {
  readonly stops: SafetyStops;
  readonly log: Log;
}

/** The activity behind a safety stop. It throws what the database's port throws, which is retried. */
export function safetyStopActivities({ stops, log }: SafetyStopDeps) {
  return {
    /** From here on no freeze keeps the stop's commands back, or again it does. */
    async keepStop(siteId: SiteId, input: StopInput): Promise<void> {
      log.warn({ siteId, ...input }, "a safety stop, or its end");
      await stops.keep(siteId, input);
    },
  };
}

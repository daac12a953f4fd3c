import { pooledFleet } from "../../adapters/fleet/pooledFleet.ts";
import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import { meterReadings } from "../../adapters/meter/meterReadings.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";
import type { Deployment } from "./deployment.ts";
import { meterKind } from "./registries.ts";
import { maxKwOf } from "./settledMeters.ts";

/** Real milliseconds for one request to a meter. */
const METER_TIMEOUT_MS = 3_000;

/** The machines of these sites over their cohorts' drivers. @throws Error for a driver that does not exist. */
export function fleetOf(deployments: readonly Deployment[]): Fleet {
  return pooledFleet({
    inventory: new Map(deployments.map(({ plan, machines }) => [plan.siteId, machines])),
    drivers: fleetDrivers(),
    concurrency: Math.max(...deployments.map(({ fleetConcurrency }) => fleetConcurrency)),
  });
}

/**
 * The meters of a site; `onError` is told why a reading is missing. @throws Error for a model that does not exist.
 */
export function metersOf(
  deployment: Deployment,
  onError: (meterId: string, error: Error) => void,
): MeterReadings & { close(): void } {
  const meters = deployment.meters.map(({ meterId, clientId, meter }) => ({
    meterId,
    line: meterKind(meter).open(meterId, meter, METER_TIMEOUT_MS),
    maxKw: maxKwOf(deployment, clientId),
  }));
  return meterReadings(meters, onError);
}

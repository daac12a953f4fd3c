import { pooledFleet } from "../../adapters/fleet/pooledFleet.ts";
import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import { modbusMeters, type ModbusMeter } from "../../adapters/meter/modbusMeters.ts";
import { registerMaps } from "../../adapters/meter/registerMaps.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";
import type { DeployedMeter, Deployment } from "./deployment.ts";
import { maxKwOf } from "./settledMeters.ts";

/** Real milliseconds for one Modbus request. */
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
 * The meters of a site; `onError` is told why a reading is missing. @throws Error for a model without a register map.
 */
export function metersOf(
  deployment: Deployment,
  onError: (meterId: string, error: Error) => void,
): MeterReadings & { close(): void } {
  return modbusMeters({
    meters: deployment.meters.map((meter) => modbusMeter(deployment, meter)),
    timeoutMs: METER_TIMEOUT_MS,
    onError,
  });
}

function modbusMeter(deployment: Deployment, meter: DeployedMeter): ModbusMeter {
  if (!(meter.model in registerMaps))
    throw new Error(
      `Meter ${meter.meterId} is of model "${meter.model}"; register maps exist for: ` +
        `${Object.keys(registerMaps).join(", ")}.`,
    );
  return {
    meterId: meter.meterId,
    host: meter.host,
    port: meter.port,
    unitId: meter.unitId,
    model: meter.model as keyof typeof registerMaps,
    maxKw: maxKwOf(deployment, meter),
  };
}

import type { FleetDriver } from "../../ports/fleetControl.ts";
import { luxos } from "./luxos.ts";

/** Every driver that a configuration can name. The only place that lists firmwares; nobody else asks for a brand. */
export const driverKinds = [luxos] as const;

/** Every driver by the id that the inventory names. */
export function fleetDrivers(): ReadonlyMap<string, FleetDriver> {
  return new Map(driverKinds.map((kind) => [kind.use, kind.create()]));
}

import type { FleetDriver } from "../../ports/fleetControl.ts";
import { eachMachine } from "./eachMachine.ts";
import { createLuxosDriver } from "./luxos.ts";

/**
 * Every driver by the id that the inventory names. The only place that lists firmwares; nobody else asks for a brand.
 */
export function fleetDrivers(): ReadonlyMap<string, FleetDriver> {
  return new Map([eachMachine(createLuxosDriver())].map((driver) => [driver.driverId, driver]));
}

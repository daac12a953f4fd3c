import type { FleetDriver } from "./fleetControl.ts";

/** What commands a cohort's machines, as a site's file says it: `use` names the driver, the rest are its options. */
export interface DriverSettings {
  readonly use: string;
}

/** One firmware's driver as the registry lists it: what a configuration says of it, and how it is made. */
export interface DriverKind<Settings extends DriverSettings = DriverSettings> {
  readonly use: Settings["use"];
  /** What it commands, for a person. */
  readonly title: string;
  /** The usual options. */
  readonly usual: Settings;
  /** TCP port of a machine's control protocol. */
  port(settings: Settings): number;
  /** The driver, under the id `use`; it keeps nothing between calls. */
  create(): FleetDriver;
}

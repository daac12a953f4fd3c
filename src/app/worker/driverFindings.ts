import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import { finding, type SiteCheck, warning } from "../../config/index.ts";

/**
 * What the drivers of a site's cohorts find wrong with its file: profiles that they cannot ask a machine for, and a
 * firmware of another name than the driver's.
 */
export const driverFindings: SiteCheck = ({ cohorts }) =>
  cohorts.flatMap(({ firmware, modes, machines }, index) => [
    ...(firmware.toLowerCase().startsWith(machines.driver)
      ? []
      : [
          warning(
            ["cohorts", index, "firmware"],
            `is "${firmware}", and the machines are commanded by driver ${machines.driver}`,
            `${machines.driver}, or the driver of that firmware`,
          ),
        ]),
    ...modes.flatMap(({ profile }, position) => {
      const problem = profile === undefined ? undefined : fleetDrivers().get(machines.driver)?.profileProblem(profile);
      return problem === undefined
        ? []
        : [
            finding(
              ["cohorts", index, "modes", position, "profile"],
              `is "${profile}", which driver ${machines.driver} cannot send: ${problem}`,
              "the profile's name as the firmware lists it, such as 490MHz",
            ),
          ];
    }),
  ]);

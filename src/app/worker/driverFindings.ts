import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import { finding, type SiteCheck } from "../../config/index.ts";

/** What the drivers of a site's cohorts find wrong with its file: profiles that they cannot ask a machine for. */
export const driverFindings: SiteCheck = ({ cohorts }) =>
  cohorts.flatMap(({ modes, machines }, index) =>
    modes.flatMap(({ profile }, position) => {
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
  );

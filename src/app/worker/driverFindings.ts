import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import { finding, modeSetpoint, setpointKeys, type SiteCheck, warning } from "../../config/index.ts";
import { setpointText } from "../../domain/units/setpoint.ts";

const FORMS = {
  profile: "the profile's name as the firmware lists it, such as 490MHz",
  watts: "watts that the firmware takes",
  percent: "a percentage that the firmware takes",
};

/**
 * What the drivers of a site's cohorts find wrong with its file: set-points that they cannot give to a machine, and a
 * firmware of another name than the driver's.
 */
export const driverFindings: SiteCheck = ({ cohorts }) =>
  cohorts.flatMap(({ firmware, modes, machines: { driver: driverId } }, index) => [
    ...(firmware.toLowerCase().startsWith(driverId)
      ? []
      : [
          warning(
            ["cohorts", index, "firmware"],
            `is "${firmware}", and the machines are commanded by driver ${driverId}`,
            `${driverId}, or the driver of that firmware`,
          ),
        ]),
    ...modes.flatMap((mode, position) => {
      const [key] = position === 0 ? [] : setpointKeys(mode);
      const driver = fleetDrivers().get(driverId);
      const setpoint = modeSetpoint(mode);
      if (key === undefined || setpoint.kind === "off" || driver === undefined) return [];
      const path = ["cohorts", index, "modes", position, key];
      const { takes } = driver.capabilities;
      if (!takes.includes(setpoint.kind))
        return [
          finding(
            path,
            `is ${setpointText(setpoint)}, a set-point that driver ${driverId} cannot take`,
            `one of ${takes.join(", ")}`,
          ),
        ];
      const problem = driver.setpointProblem(setpoint);
      return problem === undefined
        ? []
        : [finding(path, `is "${mode[key]}", which driver ${driverId} cannot send: ${problem}`, FORMS[key])];
    }),
  ]);

import type { FleetDriver, MachineDriver } from "../../ports/fleetControl.ts";

/** A driver that speaks to one machine at a time, as one of fleets: each call has one machine. */
export function eachMachine(driver: MachineDriver): FleetDriver {
  return {
    driverId: driver.driverId,
    capabilities: { ...driver.capabilities, machinesAtOnce: 1 },
    setpointProblem: driver.setpointProblem,
    apply: ({ machines, point, mayBeUnderWay }, signal) =>
      Promise.all(machines.map((machine) => driver.apply(machine, point, signal, mayBeUnderWay))),
    read: (machines, readAt, signal) => Promise.all(machines.map((machine) => driver.read(machine, readAt, signal))),
  };
}

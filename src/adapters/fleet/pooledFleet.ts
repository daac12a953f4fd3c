import pLimit from "p-limit";
import type { Machine } from "../../domain/dispatch/model.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { FleetDriver } from "../../ports/fleetControl.ts";

/**
 * A fleet over one driver per firmware, with at most `concurrency` machines talked to at a time across all batches of
 * this process.
 * @throws Error naming the machine and the known drivers when the inventory names a driver that does not exist.
 */
export function pooledFleet(options: {
  inventory: ReadonlyMap<string, readonly Machine[]>;
  drivers: ReadonlyMap<string, FleetDriver>;
  concurrency: number;
}): Fleet {
  const limit = pLimit(options.concurrency);
  const driverOf = (machine: Machine): FleetDriver => {
    const driver = options.drivers.get(machine.driver);
    if (!driver)
      throw new Error(
        `Machine ${machine.machineId} names driver "${machine.driver}"; known drivers: ` +
          `${[...options.drivers.keys()].join(", ")}.`,
      );
    return driver;
  };
  for (const machines of options.inventory.values()) for (const machine of machines) driverOf(machine);
  return {
    machines: (siteId, cohortId) =>
      (options.inventory.get(siteId) ?? []).filter((machine) => machine.cohortId === cohortId),
    apply: async (orders, signal, onResult) => {
      await Promise.all(
        orders.map(({ machine, point }) =>
          limit(async () => onResult(await driverOf(machine).apply(machine, point, signal))),
        ),
      );
    },
    read: (machines, readAt, signal) =>
      Promise.all(machines.map((machine) => limit(() => driverOf(machine).read(machine, readAt, signal)))),
  };
}

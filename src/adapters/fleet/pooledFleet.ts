import pLimit from "p-limit";
import type { Machine, MachineReading, OperatingPoint } from "../../domain/dispatch/model.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { Fleet } from "../../ports/fleet.ts";
import type { CommandResult, FleetDriver } from "../../ports/fleetControl.ts";

/**
 * A fleet over one driver per firmware, with at most `concurrency` machines talked to at a time across all batches of
 * this process. The edge at which every driver's texts are cleaned, and at which a driver that throws is one machine's
 * trouble.
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
    machines(siteId, cohortId) {
      const machines = options.inventory.get(siteId);
      if (machines === undefined)
        throw new Error(
          `Site ${siteId} has no machines in this fleet, which has those of: ` +
            `${[...options.inventory.keys()].join(", ")}.`,
        );
      return machines.filter((machine) => machine.cohortId === cohortId);
    },
    apply: async (orders, signal, onResult) => {
      await Promise.all(
        orders.map(({ machine, point, mayBeUnderWay }) =>
          limit(async () => onResult(await applyOne(driverOf(machine), machine, point, signal, mayBeUnderWay))),
        ),
      );
    },
    read: (machines, readAt, signal) =>
      Promise.all(machines.map((machine) => limit(() => readOne(driverOf(machine), machine, readAt, signal)))),
  };
}

async function applyOne(
  driver: FleetDriver,
  machine: Machine,
  point: OperatingPoint,
  signal: AbortSignal,
  mayBeUnderWay: boolean | undefined,
): Promise<CommandResult> {
  const { machineId } = machine;
  try {
    const result = await driver.apply(machine, point, signal, mayBeUnderWay);
    const { profileBefore, detail } = result;
    return { ...result, machineId, ...cleaned({ profileBefore, detail }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { machineId, outcome: "unknown", writes: 0, detail: failureText(driver, error) };
  }
}

async function readOne(
  driver: FleetDriver,
  machine: Machine,
  readAt: Instant,
  signal: AbortSignal,
): Promise<MachineReading> {
  const { machineId } = machine;
  try {
    const reading = await driver.read(machine, readAt, signal);
    const { profile, problem } = reading;
    return { ...reading, machineId, ...cleaned({ profile, problem }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { machineId, readAt, state: "unknown", problem: failureText(driver, error) };
  }
}

/** Texts that are there, clean; one that is absent stays absent. */
function cleaned<Name extends string>(
  texts: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> {
  const there = Object.entries<string | undefined>(texts).filter(([, text]) => text !== undefined);
  return Object.fromEntries(there.map(([name, text]) => [name, cleanText(text as string)])) as Partial<
    Record<Name, string>
  >;
}

function failureText({ driverId }: FleetDriver, error: unknown): string {
  return cleanText(`driver ${driverId} failed, what the machine did is not known: ${thrownText(error)}`);
}

import pLimit from "p-limit";
import type { Machine, MachineReading, OperatingPoint } from "../../domain/dispatch/model.ts";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import {
  isSameSetpoint,
  type RunningSetpoint,
  SETPOINT_MAX,
  setpointProblem,
  setpointText,
} from "../../domain/units/setpoint.ts";
import type { Fleet, MachineOrder } from "../../ports/fleet.ts";
import type { CommandResult, FleetDriver, PointOrder } from "../../ports/fleetControl.ts";

const SILENT_DRIVER = "said nothing of this machine";
/** As a configured mode is bounded. */
const HASHRATE_THS_MAX = 100_000;
const DOUBLE_DRIVER = "answered twice for this machine, so neither answer counts";

/**
 * A fleet over one driver per firmware, with at most `concurrency` driver calls under way at a time across all batches
 * of this process. The edge at which orders are put together for drivers that command many machines at once, at which
 * every driver's texts and figures are cleaned, and at which a driver that throws is the trouble of its call's machines
 * alone.
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
      const calls = [...Map.groupBy(orders, ({ machine }) => driverOf(machine))].flatMap(([driver, its]) =>
        pointOrders(its).flatMap((order) =>
          inCalls(order.machines, driver).map((machines) => ({ driver, order: { ...order, machines } })),
        ),
      );
      await Promise.all(
        calls.map(({ driver, order }) =>
          limit(async () => (await applyCall(driver, order, signal)).forEach((result) => onResult(result))),
        ),
      );
    },
    read: async (machines, readAt, signal) => {
      const calls = [...Map.groupBy(machines, driverOf)].flatMap(([driver, its]) =>
        inCalls(its, driver).map((some) => limit(() => readCall(driver, some, readAt, signal))),
      );
      const readings = byMachine((await Promise.all(calls)).flat());
      return machines.map(({ machineId }) => readings.get(machineId) as MachineReading);
    },
  };
}

/** Orders by what the machines are told, in the order in which each was asked for first. */
function pointOrders(orders: readonly MachineOrder[]): PointOrder[] {
  const found: { point: OperatingPoint; mayBeUnderWay: boolean; machines: Machine[] }[] = [];
  for (const { machine, point, mayBeUnderWay = false } of orders) {
    const same = found.find((one) => one.mayBeUnderWay === mayBeUnderWay && isSamePoint(one.point, point));
    if (same) same.machines.push(machine);
    else found.push({ point, mayBeUnderWay, machines: [machine] });
  }
  return found;
}

function isSamePoint(one: OperatingPoint, other: OperatingPoint): boolean {
  if (one.kind === "on" || other.kind === "on") return one.kind === other.kind;
  return isSameSetpoint(one, other);
}

function inCalls(machines: readonly Machine[], { capabilities: { machinesAtOnce } }: FleetDriver): Machine[][] {
  return Array.from({ length: Math.ceil(machines.length / machinesAtOnce) }, (_, call) =>
    machines.slice(call * machinesAtOnce, (call + 1) * machinesAtOnce),
  );
}

async function applyCall(driver: FleetDriver, order: PointOrder, signal: AbortSignal): Promise<CommandResult[]> {
  const { machines, point } = order;
  const all = (outcome: CommandResult["outcome"], detail: string): CommandResult[] =>
    machines.map(({ machineId }) => ({ machineId, outcome, writes: 0, detail }));
  if (point.kind !== "off" && point.kind !== "on" && !driver.capabilities.takes.includes(point.kind))
    return all("unsupported", `driver ${driver.driverId} cannot set a machine to ${cleanText(setpointText(point))}`);
  try {
    const results = Map.groupBy(await driver.apply(order, signal), (one) => one.machineId);
    return machines.map(({ machineId }): CommandResult => {
      const [result, second] = results.get(machineId) ?? [];
      if (result === undefined || second !== undefined) {
        const why = result === undefined ? SILENT_DRIVER : DOUBLE_DRIVER;
        return { machineId, outcome: "unknown", writes: 0, detail: failureText(driver, why) };
      }
      const { setpointBefore: said, detail: told, ...rest } = result;
      const setpointBefore = said && held(said);
      const lost = said && setpointBefore === undefined ? lostText(said) : undefined;
      const texts = [told, lost].filter((one) => one !== undefined);
      const detail = texts.length > 0 ? cleanText(texts.join("; ")) : undefined;
      return { ...rest, ...(setpointBefore && { setpointBefore }), ...(detail !== undefined && { detail }) };
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return all("unknown", failureText(driver, error));
  }
}

async function readCall(
  driver: FleetDriver,
  machines: readonly Machine[],
  readAt: MachineReading["readAt"],
  signal: AbortSignal,
): Promise<MachineReading[]> {
  const unknown = (machineId: string, error: unknown): MachineReading => ({
    machineId,
    readAt,
    state: "unknown",
    problem: failureText(driver, error),
  });
  try {
    const readings = Map.groupBy(await driver.read(machines, readAt, signal), (one) => one.machineId);
    return machines.map(({ machineId }) => {
      const [reading, second] = readings.get(machineId) ?? [];
      if (reading === undefined) return unknown(machineId, SILENT_DRIVER);
      if (second !== undefined) return unknown(machineId, DOUBLE_DRIVER);
      const { setpoint, problem, powerW, hashrateThs } = reading;
      return {
        ...reading,
        powerW: figure(powerW, SETPOINT_MAX.watts),
        hashrateThs: figure(hashrateThs, HASHRATE_THS_MAX),
        ...cleaned({ problem }),
        ...(setpoint && { setpoint: held(setpoint) }),
      };
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return machines.map(({ machineId }) => unknown(machineId, error));
  }
}

function byMachine<One extends { readonly machineId: string }>(all: readonly One[]): Map<string, One> {
  return new Map(all.map((one) => [one.machineId, one]));
}

/** What a machine says that it holds, its text clean; what no machine can be told to hold is not said. */
function held(setpoint: RunningSetpoint): RunningSetpoint | undefined {
  const clean = setpoint.kind === "profile" ? { ...setpoint, profile: cleanText(setpoint.profile) } : setpoint;
  return setpointProblem(clean) === undefined ? clean : undefined;
}

/** Why a machine may not come back to where it was, for a person. */
function lostText(said: RunningSetpoint): string {
  return `it said that it held ${cleanText(setpointText(said), 100)}, which cannot be kept: ${setpointProblem(said)}`;
}

/** What a machine says that it measures; what no machine can draw or hash is not said. */
function figure(value: number | undefined, most: number): number | undefined {
  return value !== undefined && value >= 0 && value <= most ? value : undefined;
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

import { isIPv4 } from "node:net";
import { DEFAULT_FAULT_RATES } from "./faults.ts";
import { LUXOS_PORT, serveLuxos } from "./luxos.ts";
import { SimMiner } from "./miner.ts";
import type { BreakerTrip, MinerFleet, SimCommand } from "./model.ts";
import type { MinerFleetOptions, ServedMiners } from "./served.ts";

/**
 * Start simulated miners, over LuxOS unless another protocol is given. Power, energy, noise and faults depend on market
 * time, the seed, the machine and its count of restart commands alone.
 * @throws Error naming the address that cannot be bound (everything is closed again), a repeated machine, a repeated or
 * no loopback address, an unknown profile, or a breaker over nothing or that closes before it opens.
 */
export async function startMinerFleet(options: MinerFleetOptions): Promise<MinerFleet> {
  const { clock, seed, realAckDelayMs = 0, log = () => {}, protocol = serveLuxos } = options;
  const rates = { ...DEFAULT_FAULT_RATES, ...options.faults };
  const startMs = clock.nowMs();
  refuseBadInventory(options);
  const miners = new Map(options.miners.map((spec) => [spec.machineId, new SimMiner(spec, seed, rates, startMs)]));
  for (const trip of options.breakerTrips ?? [])
    for (const miner of behindBreaker(miners, trip)) miner.cutPower(trip.openMs, trip.closedMs);
  const commands: SimCommand[] = [];
  const record = (command: SimCommand): void => void commands.push(command);
  const served = await protocol([...miners.values()], { clock, realAckDelayMs, record, log });
  return fleetOf(options, miners, commands, served);
}

function fleetOf(
  options: MinerFleetOptions,
  miners: ReadonlyMap<string, SimMiner>,
  commands: readonly SimCommand[],
  served: ServedMiners,
): MinerFleet {
  const { clock } = options;
  const feeders = new Map<string, SimMiner[]>();
  for (const miner of miners.values()) {
    const behindIt = feeders.get(miner.spec.feederId);
    if (behindIt) behindIt.push(miner);
    else feeders.set(miner.spec.feederId, [miner]);
  }
  const minerOf = (machineId: string) => known(miners, machineId, "machine");
  const behind = (feederId: string) => known(feeders, feederId, "feeder");
  return {
    machineIds: [...miners.keys()],
    feederIds: [...feeders.keys()],
    feederWatts: (feederId, atMs) => behind(feederId).reduce((sum, miner) => sum + miner.trueLoad(atMs).watts, 0),
    feederWattHours: (feederId, atMs) => behind(feederId).reduce((sum, miner) => sum + miner.wattHours(atMs), 0),
    commandLog: () => commands,
    state: (machineId) => {
      const state = minerOf(machineId).state(clock.nowMs());
      const sessionId = served.sessionId?.(machineId, clock.nowMs());
      return sessionId === undefined ? state : { ...state, sessionId };
    },
    inject: (machineId, fault, times = Number.POSITIVE_INFINITY) =>
      minerOf(machineId).inject(clock.nowMs(), fault, times),
    heal: (machineId, fault) => {
      const miner = minerOf(machineId);
      for (const each of fault ? [fault] : miner.faults.list()) miner.heal(clock.nowMs(), each);
    },
    profiles: (machineId) => minerOf(machineId).profiles,
    close: () => served.close(),
  };
}

function behindBreaker(miners: ReadonlyMap<string, SimMiner>, trip: BreakerTrip): readonly SimMiner[] {
  if (!(trip.closedMs > trip.openMs))
    throw new Error(`simulated fleet: a breaker opens at ${trip.openMs} and closes at ${trip.closedMs}, not after it`);
  if ("machineIds" in trip) return trip.machineIds.map((machineId) => known(miners, machineId, "machine"));
  const behind = [...miners.values()].filter(({ spec }) => spec.feederId === trip.feederId);
  if (behind.length === 0) throw new Error(`simulated fleet: no machine is behind the breaker of "${trip.feederId}"`);
  return behind;
}

/** Loopback only: whoever reaches a simulated machine may command it. */
function refuseBadInventory({ miners }: MinerFleetOptions): void {
  if (new Set(miners.map(({ machineId }) => machineId)).size !== miners.length)
    throw new Error("simulated fleet: a machineId is given twice; every machine needs its own");
  const addresses = new Set<string>();
  for (const { host, port = LUXOS_PORT, machineId } of miners) {
    if (!isIPv4(host) || !host.startsWith("127."))
      throw new Error(
        `simulated fleet: machine ${machineId}: expected a loopback address 127.x.y.z as host, got "${host}"`,
      );
    const address = `${host}:${port}`;
    if (addresses.has(address))
      throw new Error(`simulated fleet: machine ${machineId}: address ${address} is already another machine's`);
    addresses.add(address);
  }
}

function known<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = map.get(id);
  if (found === undefined)
    throw new Error(
      `simulated fleet: no ${what} "${id}"; there are ` +
        `${[...map.keys()].slice(0, 5).join(", ")}${map.size > 5 ? ", …" : ""}`,
    );
  return found;
}

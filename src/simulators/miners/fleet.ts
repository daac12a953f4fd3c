import { isIPv4 } from "node:net";
import { DEFAULT_FAULT_RATES } from "./faults.ts";
import { SimMiner } from "./miner.ts";
import type { MinerFault, MinerFleet, MinerFleetOptions, SimCommand } from "./model.ts";
import { answerRequest, type CommandRecorder } from "./protocol.ts";
import { withStatus } from "./replies.ts";
import { listen, trimRequest, type Listener, type WireAnswer } from "./wire.ts";

const LUXOS_PORT = 4028;

/**
 * Start simulated miners that speak the LuxOS protocol, each on its own address. Power, energy, noise and faults depend
 * on market time, the seed, the machine and its count of restart commands alone.
 * @throws Error naming the address that cannot be bound (everything is closed again), a repeated machine, a repeated or
 * no loopback address, or an unknown profile.
 */
export async function startMinerFleet(options: MinerFleetOptions): Promise<MinerFleet> {
  const { clock, seed, realAckDelayMs = 0, log = () => {} } = options;
  const rates = { ...DEFAULT_FAULT_RATES, ...options.faults };
  const startMs = clock.nowMs();
  refuseBadInventory(options);
  const miners = new Map(options.miners.map((spec) => [spec.machineId, new SimMiner(spec, seed, rates, startMs)]));
  const commands: SimCommand[] = [];
  const record: CommandRecorder = (command) => commands.push(command);
  const listeners = await listenAll([...miners.values()], (miner) =>
    listen(
      miner.spec.host,
      miner.spec.port ?? LUXOS_PORT,
      realAckDelayMs,
      (text) => answerText(miner, text, clock.nowMs(), record),
      log,
    ),
  );
  return fleetOf(options, miners, commands, listeners);
}

function fleetOf(
  options: MinerFleetOptions,
  miners: ReadonlyMap<string, SimMiner>,
  commands: readonly SimCommand[],
  listeners: readonly Listener[],
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
    state: (machineId) => minerOf(machineId).state(clock.nowMs()),
    inject: (machineId, fault, times = Number.POSITIVE_INFINITY) =>
      minerOf(machineId).inject(clock.nowMs(), fault, times),
    heal: (machineId, fault) => {
      const miner = minerOf(machineId);
      for (const each of fault ? [fault] : miner.faults.list()) miner.heal(clock.nowMs(), each);
    },
    profiles: (machineId) => minerOf(machineId).profiles,
    close: async () => {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** Faults of the wire come first, then the command itself. */
function answerText(miner: SimMiner, text: string, nowMs: number, record: CommandRecorder): WireAnswer {
  const strikes = (fault: MinerFault) => miner.faults.strikes(fault);
  if (miner.faults.has("dead") || strikes("hang")) return { kind: "silence" };
  if (strikes("drop")) return { kind: "close" };
  const answer = answerJson(miner, trimRequest(text), nowMs, record);
  if (answer === undefined) return { kind: "close" };
  const json = JSON.stringify(answer);
  return {
    kind: "reply",
    text: strikes("malformed") ? json.slice(0, json.length / 2) : json,
    close: !strikes("neverClose"),
  };
}

function answerJson(
  miner: SimMiner,
  text: string,
  nowMs: number,
  record: CommandRecorder,
): ReturnType<typeof answerRequest> {
  let request: { command?: unknown; parameter?: unknown };
  try {
    request = JSON.parse(text);
  } catch {
    return withStatus("E", 23, "Invalid JSON", nowMs);
  }
  if (typeof request !== "object" || request === null || typeof request.command !== "string")
    return withStatus("E", 24, "Missing JSON 'command'", nowMs);
  const parameter =
    typeof request.parameter === "string" || typeof request.parameter === "number" ? `${request.parameter}` : "";
  return answerRequest(miner, { command: request.command, parameter }, nowMs, record);
}

async function listenAll(
  miners: readonly SimMiner[],
  start: (miner: SimMiner) => Promise<Listener>,
): Promise<Listener[]> {
  const results = await Promise.allSettled(miners.map(start));
  const listeners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (!failure) return listeners;
  await Promise.all(listeners.map((listener) => listener.close()));
  throw failure.reason;
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

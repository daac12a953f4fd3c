import type { SimMiner } from "./miner.ts";
import type { MinerFault } from "./model.ts";
import type { Listener, ServedMiners, SimContext } from "./served.ts";
import { answerRequest } from "./luxosProtocol.ts";
import { type LuxosMiner, withStatus } from "./luxosReplies.ts";
import { WriteSession } from "./luxosSession.ts";
import { listen, trimRequest, type WireAnswer } from "./luxosWire.ts";

export const LUXOS_PORT = 4028;

/**
 * LuxOS over the machines' physics: each machine listens on its own address and is spoken to by itself. Written from
 * docs.luxor.tech, LuxOS firmware API 3.7.
 * @throws Error naming the address that cannot be bound; everything is closed again
 */
export async function serveLuxos(miners: readonly SimMiner[], context: SimContext): Promise<ServedMiners> {
  const { clock, realAckDelayMs, log } = context;
  const served = miners.map((miner): LuxosMiner => ({ miner, session: new WriteSession(miner) }));
  const sessions = new Map(served.map(({ miner, session }) => [miner.spec.machineId, session]));
  const listeners = await listenAll(served, (luxos) => {
    const { host, port = LUXOS_PORT } = luxos.miner.spec;
    return listen(host, port, realAckDelayMs, (text) => answerText(luxos, text, clock.nowMs(), context), log);
  });
  return {
    sessionId: (machineId, atMs) => sessions.get(machineId)?.live(atMs),
    close: async () => void (await Promise.all(listeners.map((listener) => listener.close()))),
  };
}

/** Faults of the wire come first, then the command itself. */
function answerText(luxos: LuxosMiner, text: string, nowMs: number, context: SimContext): WireAnswer {
  const { miner } = luxos;
  const strikes = (fault: MinerFault) => miner.faults.strikes(fault);
  // Nobody answers there; the connection is closed at once, for a paced clock stands while a caller waits.
  if (!miner.isUp(nowMs)) return { kind: "close" };
  if (miner.faults.has("dead") || strikes("hang")) return { kind: "silence" };
  if (strikes("drop")) return { kind: "close" };
  const answer = answerJson(luxos, trimRequest(text), nowMs, context);
  if (answer === undefined) return { kind: "close" };
  const json = JSON.stringify(answer);
  return {
    kind: "reply",
    text: strikes("malformed") ? json.slice(0, json.length / 2) : json,
    close: !strikes("neverClose"),
  };
}

function answerJson(
  luxos: LuxosMiner,
  text: string,
  nowMs: number,
  { record }: SimContext,
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
  return answerRequest(luxos, { command: request.command, parameter }, nowMs, record);
}

async function listenAll(
  miners: readonly LuxosMiner[],
  start: (luxos: LuxosMiner) => Promise<Listener>,
): Promise<Listener[]> {
  const results = await Promise.allSettled(miners.map(start));
  const listeners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (!failure) return listeners;
  await Promise.all(listeners.map((listener) => listener.close()));
  throw failure.reason;
}

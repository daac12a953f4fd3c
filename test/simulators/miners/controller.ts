import { createServer, type Socket } from "node:net";
import type { SimMiner } from "../../../src/simulators/miners/miner.ts";
import type { ServedMiners, SimContext } from "../../../src/simulators/miners/served.ts";

/**
 * A fleet controller over the physics of simulated machines: one TCP port for all of them, one JSON request a line.
 * `{"op":"read","ids":[...]}` → `{"machines":{"m0":{"state":"mining","watts":2810,"target":2794}}}`;
 * `{"op":"set","ids":[...],"target":"stop"|"start"|2100}` → `{"results":{"m0":"ok"}}`. Machines that it does not have
 * are left out; one that refuses says why.
 */
export interface Controller {
  readonly requests: string[];
  serve(miners: readonly SimMiner[], context: SimContext): Promise<ServedMiners>;
}

interface Request {
  readonly op: "read" | "set";
  readonly ids: readonly string[];
  readonly target?: "stop" | "start" | number;
}

export function controllerOn(host: string, port: number): Controller {
  const requests: string[] = [];
  return {
    requests,
    serve: (miners, context) =>
      new Promise((resolve, reject) => {
        const byId = new Map(miners.map((miner) => [miner.spec.machineId, miner]));
        const sockets = new Set<Socket>();
        const server = createServer((socket) => {
          sockets.add(socket);
          let text = "";
          socket.setEncoding("utf8");
          socket.on("error", () => undefined);
          socket.on("data", (chunk: string) => {
            text += chunk;
            if (!text.endsWith("\n")) return;
            const request = JSON.parse(text) as Request;
            requests.push(`${request.op} ${request.ids.length} ${request.target ?? ""}`.trim());
            const known = request.ids.flatMap((id) => byId.get(id) ?? []);
            socket.end(
              JSON.stringify(request.op === "read" ? readAll(known, context) : setAll(known, request, context)),
            );
          });
        });
        server.once("error", reject);
        server.listen({ host, port }, () =>
          resolve({
            close: () => {
              for (const socket of sockets) socket.destroy();
              return new Promise((closed) => server.close(() => closed()));
            },
          }),
        );
      }),
  };
}

function readAll(miners: readonly SimMiner[], { clock }: SimContext): object {
  const atMs = clock.nowMs();
  const machines = miners.map((miner) => {
    const { asleep, ramping } = miner.state(atMs);
    const state = asleep ? "stopped" : ramping ? "starting" : "mining";
    return [miner.spec.machineId, { state, watts: miner.shownWatts(atMs), target: miner.profile.watts }];
  });
  return { machines: Object.fromEntries(machines) };
}

function setAll(miners: readonly SimMiner[], { target }: Request, { clock, record }: SimContext): object {
  const atMs = clock.nowMs();
  const results = miners.map((miner) => {
    const effect =
      target === "stop"
        ? miner.sleep(atMs)
        : target === "start"
          ? miner.wake(atMs, "unsafe")
          : miner.setProfile(atMs, pointAt(miner, target as number));
    record({ atMs, machineId: miner.spec.machineId, command: "set", parameter: `${target}`, ...effect });
    return [miner.spec.machineId, effect.outcome === "refused" ? "refused by the machine" : "ok"];
  });
  return { results: Object.fromEntries(results) };
}

/** Between two points of the machine's own curve. */
function pointAt({ profiles }: SimMiner, watts: number): SimMiner["profile"] {
  const above = profiles.find((point) => point.watts >= watts) ?? profiles[profiles.length - 1]!;
  const below = profiles.findLast((point) => point.watts <= watts) ?? above;
  const share = above.watts === below.watts ? 0 : (watts - below.watts) / (above.watts - below.watts);
  return { ...below, name: `${watts} W`, watts, ths: below.ths + (above.ths - below.ths) * share };
}

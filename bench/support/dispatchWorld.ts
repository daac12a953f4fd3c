import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SimClock } from "../../src/simulators/model.ts";
import { type SimMeterSpec, startMeters } from "../../src/simulators/meter/meters.ts";
import { startMinerFleet } from "../../src/simulators/miners/fleet.ts";
import type { SimMinerSpec } from "../../src/simulators/miners/model.ts";

export interface DispatchWorldSettings {
  readonly miners: readonly SimMinerSpec[];
  readonly meters: readonly SimMeterSpec[];
  readonly seed: number;
}

/** What the process says when it is ready. */
export interface DispatchWorldAddresses {
  readonly controlUrl: string;
  readonly meters: readonly {
    readonly meterId: string;
    readonly host: string;
    readonly port: number;
    readonly unitId: number;
  }[];
}

/**
 * Miners and meters on real time with their default faults, as a process of its own. Its control port lets the bench
 * jump physics ahead between two orders (`POST /skip`), and read the miners' own log (`GET /commands?from=n`, `GET
 * /count`) and true states (`GET /states`).
 */
async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(process.env["BENCH_WORLD_SETTINGS"] ?? "", "utf8")) as DispatchWorldSettings;
  let skippedMs = 0;
  const clock: SimClock = { nowMs: () => Date.now() + skippedMs };
  const fleet = await startMinerFleet({ clock, miners: settings.miners, seed: settings.seed });
  const meters = await startMeters({ clock, source: fleet, meters: settings.meters, seed: settings.seed });
  const control = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://control");
    const seconds = Number(url.searchParams.get("seconds"));
    const answer = (): unknown => {
      if (url.pathname === "/commands") return fleet.commandLog().slice(Number(url.searchParams.get("from")));
      if (url.pathname === "/count") return { commands: fleet.commandLog().length };
      if (url.pathname === "/states")
        return fleet.machineIds.map((machineId) => ({ machineId, ...fleet.state(machineId) }));
      if (url.pathname === "/skip" && request.method === "POST" && seconds > 0)
        return { skippedMs: (skippedMs += seconds * 1000) };
      return undefined;
    };
    const body = answer();
    response
      .writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(JSON.stringify(body ?? { error: `no such request: ${request.method} ${request.url}` }));
  });
  await new Promise<void>((resolve, reject) => control.once("error", reject).listen(0, "127.0.0.1", resolve));
  process.on("SIGTERM", () => process.exit(0));
  const { port } = control.address() as AddressInfo;
  process.send?.({
    type: "ready",
    controlUrl: `http://127.0.0.1:${port}`,
    meters: meters.meters,
  } satisfies DispatchWorldAddresses & { type: string });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

import { readFileSync } from "node:fs";
import { createClockKeeper } from "../simulators/clock/keeper.ts";
import { startClockServer } from "../simulators/clock/server.ts";
import { loadPriceDay, type LoadPriceDayOptions } from "../simulators/ercot/priceDay.ts";
import { startErcotSimulator } from "../simulators/ercot/server.ts";
import { type SimMeterSpec, startMeters } from "../simulators/meter/meters.ts";
import { startMinerFleet } from "../simulators/miners/fleet.ts";
import type { FaultRates, SimMinerSpec } from "../simulators/miners/model.ts";

/** The outside world of a demo or replay, in the JSON file that `BALLAST_SIMULATOR_SETTINGS` names. Speeds: market seconds per real second, `null` for as fast as it goes. */
export interface SimulatorSettings {
  readonly startAt: string;
  readonly speed: number | null;
  readonly paces?: readonly { readonly until: string; readonly speed: number | null }[];
  /** Held from the first moment until everybody is there. */
  readonly initialHolds: readonly string[];
  readonly prices: LoadPriceDayOptions;
  readonly miners: readonly SimMinerSpec[];
  readonly meters: readonly SimMeterSpec[];
  readonly seed: number;
  readonly faults?: Partial<FaultRates>;
}

/** Where the simulated parties listen. */
export interface SimulatorAddresses {
  readonly clockUrl: string;
  readonly ercotUrl: string;
  readonly meters: readonly { readonly meterId: string; readonly host: string; readonly port: number; readonly unitId: number }[];
}

/** ERCOT, miners, meters and the market clock in one process, each on a real socket with its own protocol. Ends on SIGTERM. */
async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(required("BALLAST_SIMULATOR_SETTINGS"), "utf8")) as SimulatorSettings;
  const keeper = createClockKeeper({
    startMs: Date.parse(settings.startAt),
    speed: settings.speed ?? Number.POSITIVE_INFINITY,
    paces: settings.paces?.map((pace) => ({ untilMs: Date.parse(pace.until), speed: pace.speed ?? Number.POSITIVE_INFINITY })),
    initialHolds: settings.initialHolds,
  });
  const ercot = await startErcotSimulator({ clock: keeper, day: loadPriceDay(settings.prices) });
  const fleet = await startMinerFleet({ clock: keeper, miners: settings.miners, seed: settings.seed, faults: settings.faults, log: (line) => console.log(line) });
  const meters = await startMeters({ clock: keeper, source: fleet, meters: settings.meters, seed: settings.seed });
  const clock = await startClockServer({ keeper });
  process.on("SIGTERM", () => {
    void Promise.allSettled([clock.close(), ercot.close(), fleet.close(), meters.close()]).then(() => process.exit(0));
  });
  const addresses: SimulatorAddresses = { clockUrl: clock.url, ercotUrl: ercot.url, meters: meters.meters };
  process.send?.({ type: "ready", ...addresses });
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The simulators need ${name} in their environment.`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

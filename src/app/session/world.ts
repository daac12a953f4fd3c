import { startBitcoinSimulator } from "../../simulators/bitcoin/server.ts";
import { createClockKeeper, type ClockKeeper } from "../../simulators/clock/keeper.ts";
import { startClockServer } from "../../simulators/clock/server.ts";
import { loadPriceDay, type LoadPriceDayOptions } from "../../simulators/ercot/priceDay.ts";
import { readRecording } from "../../simulators/ercot/recording.ts";
import { startRecordedErcot } from "../../simulators/ercot/recordingServer.ts";
import { type ErcotSimulator, type ErcotSimulatorOptions, startErcotSimulator } from "../../simulators/ercot/server.ts";
import { type SimMeters, type SimMeterSpec, startMeters } from "../../simulators/meter/meters.ts";
import { startMinerFleet } from "../../simulators/miners/fleet.ts";
import type { BreakerTrip, FaultRates, MinerFleet, SimMinerSpec } from "../../simulators/miners/model.ts";

/** The outside world of a demo or replay. Speeds: market seconds per real second, `null` for as fast as it goes. */
export interface WorldSettings {
  readonly startAt: string;
  readonly speed: number | null;
  readonly paces?: readonly { readonly until: string; readonly speed: number | null }[];
  /** Held from the first moment until everybody is there. */
  readonly initialHolds: readonly string[];
  /** Files of ERCOT's reports, or the folder of a recording. */
  readonly prices: LoadPriceDayOptions | { readonly recorded: string };
  /** With a Bitcoin network and exchanges: what the node takes, `user:password`, and the file that holds it. */
  readonly bitcoin?: { readonly credentials: string; readonly cookieFile: string };
  readonly miners: readonly SimMinerSpec[];
  readonly meters: readonly SimMeterSpec[];
  readonly seed: number;
  readonly faults?: Partial<FaultRates>;
  /** When feeders lose their power and have it back. */
  readonly breakerTrips?: readonly BreakerTrip[];
}

/** Where the simulated parties listen. */
export interface WorldAddresses {
  readonly clockUrl: string;
  readonly ercotUrl: string;
  /** Node, explorer and exchanges, and the node's cookie; absent where no feed asks for them. */
  readonly bitcoin?: { readonly url: string; readonly cookieFile: string };
  readonly meters: readonly {
    readonly meterId: string;
    readonly host: string;
    readonly port: number;
    readonly unitId: number;
  }[];
}

export interface World {
  readonly addresses: WorldAddresses;
  readonly keeper: ClockKeeper;
  /** What is published is known where no recording is served. */
  readonly ercot: Pick<ErcotSimulator, "url" | "close"> & Partial<Omit<ErcotSimulator, "url" | "close">>;
  readonly fleet: MinerFleet;
  readonly meters: SimMeters;
  close(): Promise<void>;
}

/** A chain of even blocks from the halving of 2024 on, and two exchanges 45 $ apart: about 39 $ per PH/s and day. */
const NETWORK = {
  anchorHeight: 840_000,
  anchorMs: Date.parse("2024-04-20T00:09:27Z"),
  difficulty: () => 127_480_000_000_000,
  feesSats: (height: number) => 3_500_000 + (height % 2) * 100_000,
  usdPerBtc: (exchange: "coinbase" | "kraken") => (exchange === "coinbase" ? 78_456.69 : 78_501.7),
};

/**
 * ERCOT, miners, meters, where asked for a Bitcoin network, and the market clock in this process, each on a real socket
 * with its own protocol. Rejects when one cannot listen.
 */
export async function startWorld(
  settings: WorldSettings,
  hooks: Pick<ErcotSimulatorOptions, "faults"> & { readonly log?: (line: string) => void } = {},
): Promise<World> {
  const keeper = createClockKeeper({
    startMs: Date.parse(settings.startAt),
    speed: settings.speed ?? Number.POSITIVE_INFINITY,
    paces: settings.paces?.map((pace) => ({
      untilMs: Date.parse(pace.until),
      speed: pace.speed ?? Number.POSITIVE_INFINITY,
    })),
    initialHolds: settings.initialHolds,
  });
  const { prices } = settings;
  const ercot =
    "recorded" in prices
      ? await startRecordedErcot({ clock: keeper, recording: readRecording(prices.recorded) })
      : await startErcotSimulator({ clock: keeper, day: loadPriceDay(prices), faults: hooks.faults });
  const { bitcoin: node } = settings;
  const bitcoin =
    node === undefined
      ? undefined
      : await startBitcoinSimulator({ clock: keeper, ...NETWORK, credentials: node.credentials });
  const fleet = await startMinerFleet({
    clock: keeper,
    miners: settings.miners,
    seed: settings.seed,
    faults: settings.faults,
    breakerTrips: settings.breakerTrips,
    log: hooks.log,
  });
  const meters = await startMeters({ clock: keeper, source: fleet, meters: settings.meters, seed: settings.seed });
  const clock = await startClockServer({ keeper });
  return {
    addresses: {
      clockUrl: clock.url,
      ercotUrl: ercot.url,
      ...(bitcoin === undefined || node === undefined
        ? {}
        : { bitcoin: { url: bitcoin.url, cookieFile: node.cookieFile } }),
      meters: meters.meters,
    },
    keeper,
    ercot,
    fleet,
    meters,
    close: async () => {
      await Promise.allSettled([clock.close(), ercot.close(), bitcoin?.close(), fleet.close(), meters.close()]);
      keeper.close();
    },
  };
}

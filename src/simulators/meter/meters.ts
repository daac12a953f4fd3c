import type { PowerSource, SimClock } from "../model.ts";
import { loadWattHours, loadWatts } from "./load.ts";
import type { MeteredLoad } from "./load.ts";
import { startPm5340 } from "./pm5340.ts";
import type { Pm5340Server, Pm5340Values } from "./pm5340.ts";

const SITE_LOSS_SHARE = 0.008;
const NO_COOLING = 0;
const POWER_NOISE_SHARE = 0.002;
const START_WH = 184_223_904_551n;
const ROLLOVER_WH = 1_000_000_000_000n;

/**
 * A meter to simulate: over one client's feeder, or at the site's entry over all machines, their cooling, losses and
 * house load.
 */
export type SimMeterSpec = {
  readonly meterId: string;
  readonly unitId?: number;
  /** Register at the simulation's start. */
  readonly startWh?: bigint;
  /** The register counts 0 … rolloverWh − 1. */
  readonly rolloverWh?: bigint;
} &
  /** `coolingShare`: cooling on the feeder, as a share of its machines' power; none unless given. */
  (
    | { readonly kind: "feeder"; readonly feederId: string; readonly coolingShare?: number }
    /**
     * `houseKw`: mean of offices and lights. `coolingShares`: all cooling of a feeder's machines wherever it hangs, as
     * a share of their power, by feeder id; none unless given.
     */
    | {
        readonly kind: "site";
        readonly houseKw: number;
        /** The feeders of the site; all there are unless given. */
        readonly feederIds?: readonly string[];
        readonly lossShare?: number;
        readonly coolingShares?: Readonly<Record<string, number>>;
      }
  );

/**
 * What can go wrong with a meter. `rollover` is a lasting shift of the register, the others last until the next `fault`
 * call.
 */
export type MeterFault =
  /** No power to the meter: the socket is closed. */
  | { readonly kind: "stopped" }
  /** Accepts connections and never answers. */
  | { readonly kind: "silent" }
  /** Power and register stand where they are. */
  | { readonly kind: "frozen" }
  /** The register is off by this much, either way. */
  | { readonly kind: "jumping"; readonly byWh: bigint }
  /** Answers so many requests with a Modbus exception: 6 busy, 10 and 11 of a gateway; then it is well again. */
  | { readonly kind: "exception"; readonly code: number; readonly times: number }
  /** Does not answer so many requests; then it is well again. */
  | { readonly kind: "slow"; readonly times: number }
  /** Closes the connection after each reply. */
  | { readonly kind: "closes" }
  /** A current transformer the wrong way round: power is negative, and the register of energy delivered stands. */
  | { readonly kind: "reversed" }
  /** Power reads this many kW, whatever flows. */
  | { readonly kind: "power"; readonly kw: number }
  /** Power reads NaN. */
  | { readonly kind: "no-power-value" }
  /** The register will reach its limit after this much more energy. */
  | { readonly kind: "rollover"; readonly inWh: bigint };

export interface SimMeters {
  readonly meters: readonly {
    readonly meterId: string;
    readonly host: string;
    readonly port: number;
    readonly unitId: number;
  }[];
  /** Watt-hours through a meter since the simulation's start, not rounded, whatever its fault. */
  trueWh(meterId: string, atMs: number): number;
  /** Puts a meter into a fault, or out of it. Resolves when its socket is closed or open again. */
  fault(meterId: string, fault: MeterFault | undefined): Promise<void>;
  close(): Promise<void>;
}

export interface SimMetersOptions {
  readonly clock: SimClock;
  readonly source: PowerSource;
  readonly meters: readonly SimMeterSpec[];
  /** Market time of the simulation's start, when every register stands at `startWh`; the clock's now unless given. */
  readonly startMs?: number;
  readonly seed?: number;
  readonly host?: string;
  /** Ports count up from here; free ones are taken unless given. */
  readonly basePort?: number;
}

/**
 * Simulated PM5340 meters over Modbus TCP, each on its own port. Registers are the exact integral of the load; the
 * power reading carries noise of ±0.2 % that depends only on (seed, meter, market second).
 * @throws (rejects) the listen error, e.g. EADDRINUSE.
 */
export async function startMeters(options: SimMetersOptions): Promise<SimMeters> {
  const { host = "127.0.0.1", basePort } = options;
  const meters = new Map<string, SimMeter>();
  for (const [i, spec] of options.meters.entries()) {
    const meter = new SimMeter(spec, options);
    const port = basePort === undefined ? 0 : basePort + i;
    meter.server = await startPm5340({
      host,
      port,
      unitId: meter.unitId,
      values: () => meter.answer(),
      closesAfterReply: () => meter.closesAfterReply,
    });
    meters.set(spec.meterId, meter);
  }
  const known = (meterId: string): SimMeter => {
    const meter = meters.get(meterId);
    if (!meter) throw new Error(`meter simulator: no meter "${meterId}"; there are ${[...meters.keys()].join(", ")}`);
    return meter;
  };
  return {
    meters: [...meters].map(([meterId, { unitId, server }]) => ({ meterId, host, port: server?.port ?? NaN, unitId })),
    trueWh: (meterId, atMs) => known(meterId).trueWh(atMs),
    fault: async (meterId, fault) => known(meterId).enter(fault),
    close: async () => void (await Promise.all([...meters.values()].map((meter) => meter.server?.stop()))),
  };
}

class SimMeter {
  readonly unitId: number;
  server: Pm5340Server | undefined;
  private readonly meterId: string;
  private readonly load: MeteredLoad;
  private readonly clock: SimClock;
  private readonly source: PowerSource;
  private readonly startMs: number;
  private readonly seed: number;
  private readonly rolloverWh: bigint;
  private startWh: bigint;
  private current: MeterFault | undefined;
  private frozen: Pm5340Values | undefined;

  constructor(spec: SimMeterSpec, { clock, source, startMs = clock.nowMs(), seed = 1 }: SimMetersOptions) {
    this.meterId = spec.meterId;
    this.unitId = spec.unitId ?? 255;
    this.load = loadBehind(spec, source);
    this.clock = clock;
    this.source = source;
    this.startMs = startMs;
    this.seed = seed;
    this.startWh = spec.startWh ?? START_WH;
    this.rolloverWh = spec.rolloverWh ?? ROLLOVER_WH;
  }

  trueWh(atMs: number): number {
    return loadWattHours(this.load, this.source, this.startMs, atMs);
  }

  get closesAfterReply(): boolean {
    return this.current?.kind === "closes";
  }

  answer(): Pm5340Values | { readonly exception: number } | undefined {
    const fault = this.current;
    if (fault?.kind === "silent") return undefined;
    if (fault?.kind === "exception" || fault?.kind === "slow") {
      this.current = fault.times > 1 ? { ...fault, times: fault.times - 1 } : undefined;
      return fault.kind === "exception" ? { exception: fault.code } : undefined;
    }
    return this.values();
  }

  private values(): Pm5340Values {
    const { powerKw, deliveredWh } = this.frozen ?? this.healthy();
    if (this.current?.kind === "reversed") return { powerKw: -(this.healthy().powerKw as number), deliveredWh };
    if (this.current?.kind === "power") return { powerKw: this.current.kw, deliveredWh };
    if (this.current?.kind === "no-power-value") return { powerKw: undefined, deliveredWh };
    if (this.current?.kind === "jumping")
      return { powerKw, deliveredWh: this.wrapped(deliveredWh + this.current.byWh) };
    return { powerKw, deliveredWh };
  }

  async enter(fault: MeterFault | undefined): Promise<void> {
    const { server } = this;
    if (!server) throw new Error(`meter simulator: ${this.meterId} has no socket`);
    if (fault?.kind === "rollover") this.startWh = this.rolloverWh - fault.inWh - this.countedWh();
    this.frozen = fault?.kind === "frozen" || fault?.kind === "reversed" ? this.healthy() : undefined;
    const restart = this.current?.kind === "stopped" && fault?.kind !== "stopped";
    const stop = this.current?.kind !== "stopped" && fault?.kind === "stopped";
    this.current = fault;
    if (restart) await server.start();
    if (stop) await server.stop();
  }

  private healthy(): Pm5340Values {
    const atMs = this.clock.nowMs();
    const noise = 1 + POWER_NOISE_SHARE * noiseAt(`${this.seed}/${this.meterId}/${Math.floor(atMs / 1000)}`);
    return {
      powerKw: (loadWatts(this.load, this.source, atMs) * noise) / 1000,
      deliveredWh: this.wrapped(this.startWh + this.countedWh()),
    };
  }

  private countedWh(): bigint {
    return BigInt(Math.floor(this.trueWh(this.clock.nowMs())));
  }

  private wrapped(registerWh: bigint): bigint {
    return ((registerWh % this.rolloverWh) + this.rolloverWh) % this.rolloverWh;
  }
}

function loadBehind(spec: SimMeterSpec, source: PowerSource): MeteredLoad {
  if (spec.kind === "feeder") {
    const { feederId, coolingShare = NO_COOLING } = spec;
    return { feeders: [{ feederId, coolingShare }], lossShare: 0, houseW: 0 };
  }
  const { houseKw, feederIds = source.feederIds, lossShare = SITE_LOSS_SHARE, coolingShares = {} } = spec;
  return {
    feeders: feederIds.map((feederId) => ({ feederId, coolingShare: coolingShares[feederId] ?? NO_COOLING })),
    lossShare,
    houseW: houseKw * 1000,
  };
}

/** −1 … 1 from a text: FNV-1a, then mixed so that neighboring seconds differ. */
function noiseAt(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2_147_483_647.5 - 1;
}

import type { PowerSource } from "../model.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** House load swings by this share of its mean, highest in the late Texas afternoon (22:00 UTC). */
const WAVE_SHARE = 0.25;
const WAVE_LOW_MS = 10 * HOUR_MS;

/** What hangs behind one meter: machines with their cooling, losses, and house load (offices, lights). */
export interface MeteredLoad {
  readonly feeders: readonly {
    readonly feederId: string;
    /** Cooling behind this meter as a share of the machines' power, which it follows: 0.012. */
    readonly coolingShare: number;
  }[];
  /** Share of that power lost before the meter, e.g. 0.008. */
  readonly lossShare: number;
  /** Mean house load, W. */
  readonly houseW: number;
}

/** W at the meter at a market time (ms since 1970): machines with cooling and losses, and the house. */
export function loadWatts(load: MeteredLoad, source: PowerSource, atMs: number): number {
  const machinesW = load.feeders.reduce(
    (sumW, { feederId, coolingShare }) => sumW + source.feederWatts(feederId, atMs) * (1 + coolingShare),
    0,
  );
  return machinesW * (1 + load.lossShare) + load.houseW * (1 + WAVE_SHARE * wave(dayShare(atMs)));
}

/** Watt-hours between the simulation's start and a market time: the exact integral of `loadWatts`. */
export function loadWattHours(load: MeteredLoad, source: PowerSource, startMs: number, atMs: number): number {
  const machinesWh = load.feeders.reduce(
    (sumWh, { feederId, coolingShare }) => sumWh + source.feederWattHours(feederId, atMs) * (1 + coolingShare),
    0,
  );
  const houseMs =
    atMs - startMs + WAVE_SHARE * DAY_MS * (waveIntegral(dayShare(atMs)) - waveIntegral(dayShare(startMs)));
  return machinesWh * (1 + load.lossShare) + (load.houseW * houseMs) / HOUR_MS;
}

function dayShare(ms: number): number {
  const since = (((ms - WAVE_LOW_MS) % DAY_MS) + DAY_MS) % DAY_MS;
  return since / DAY_MS;
}

/** Triangle from −1 at 0 over +1 at a half back to −1. */
function wave(share: number): number {
  return share < 0.5 ? 4 * share - 1 : 3 - 4 * share;
}

/** Integral of the triangle from 0; 0 again at 1, so whole days cancel. */
function waveIntegral(share: number): number {
  return share < 0.5 ? 2 * share * share - share : 3 * share - 2 * share * share - 1;
}

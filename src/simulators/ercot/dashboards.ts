import { central, dashboardStamp } from "./centralTime.ts";
import type { GridSnapshot, PriceCorrection, PriceInterval } from "./priceDay.ts";

const INTERVAL_MS = 900_000;
const CONDITIONS: Readonly<Record<string, { readonly title: string; readonly note: string }>> = {
  normal: { title: "Normal Conditions", note: "There is enough power for current demand." },
  conservation: { title: "Voluntary Conservation", note: "Texans are asked to reduce their use of power." },
  watch: { title: "Watch", note: "Reserves are low and may fall further." },
  eea1: { title: "Energy Emergency Alert Level 1", note: "Reserves are below 2,500 MW." },
  eea2: { title: "Energy Emergency Alert Level 2", note: "Reserves are below 2,000 MW." },
  eea3: { title: "Energy Emergency Alert Level 3", note: "Controlled outages are under way." },
};
const DASHBOARD_KEYS: Readonly<Record<string, string>> = {
  HB_BUSAVG: "hbBusAvg",
  HB_HUBAVG: "hbHubAvg",
  HB_HOUSTON: "hbHouston",
  HB_NORTH: "hbNorth",
  HB_PAN: "hbPan",
  HB_SOUTH: "hbSouth",
  HB_WEST: "hbWest",
  LZ_AEN: "lzAen",
  LZ_CPS: "lzCps",
  LZ_HOUSTON: "lzHouston",
  LZ_LCRA: "lzLcra",
  LZ_NORTH: "lzNorth",
  LZ_RAYBN: "lzRaybn",
  LZ_SOUTH: "lzSouth",
  LZ_WEST: "lzWest",
};

/**
 * `daily-prc.json` as it stands at `nowMs`, refreshed every `everySeconds`; undefined before the first snapshot. When
 * it `standsSinceMs`, only `lastUpdated` moves.
 */
export function dailyPrc(
  conditions: readonly GridSnapshot[],
  nowMs: number,
  everySeconds: number,
  standsSinceMs = nowMs,
): object | undefined {
  const refreshed = (ms: number): number => Math.floor(ms / (everySeconds * 1000)) * everySeconds * 1000;
  const refreshedMs = refreshed(standsSinceMs);
  const known = conditions.filter(({ atMs }) => atMs <= refreshedMs);
  const current = known.at(-1);
  if (current === undefined) return undefined;
  const words = CONDITIONS[current.state];
  return {
    lastUpdated: dashboardStamp(refreshed(nowMs)),
    current_condition: {
      title: words?.title ?? current.state,
      state: current.state,
      index: current.eeaLevel,
      condition_note: words?.note ?? "",
      prc_value: current.prcMw.toLocaleString("en-US"),
      eea_level: current.eeaLevel,
      energy_level_value: current.eeaLevel,
      datetime: refreshedMs / 1000,
    },
    data: known.slice(-30).map(({ atMs, prcMw }) => ({
      timestamp: dashboardStamp(atMs),
      epoch: atMs,
      interval: central(atMs).minute,
      dstFlag: "N",
      prc: prcMw,
    })),
  };
}

export interface PublishedInterval {
  readonly interval: PriceInterval;
  readonly publishMs: number;
}

/**
 * `system-wide-prices.json` at `nowMs`: the intervals of the operating day published last, hubs and plain load zones
 * only (LZEW rows are not on the dashboard); undefined before the first.
 */
export function systemWidePrices(
  published: readonly PublishedInterval[],
  corrections: readonly PriceCorrection[],
  nowMs: number,
): object | undefined {
  const known = published.filter(({ publishMs }) => publishMs <= nowMs);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const inForce = corrections.filter(({ publishAtMs }) => publishAtMs <= nowMs);
  const updatedMs = Math.max(last.publishMs, ...inForce.map(({ publishAtMs }) => publishAtMs));
  const today = known.filter(({ interval }) => interval.day === last.interval.day);
  return {
    lastUpdated: dashboardStamp(updatedMs),
    rtSppData: today.map(({ interval }) => row(interval, inForce)),
    damSppData: [],
  };
}

function row(interval: PriceInterval, corrections: readonly PriceCorrection[]): object {
  const { startMs, hourEnding, interval: quarter } = interval;
  const endMinute = (hourEnding - 1) * 60 + quarter * 15;
  const two = (value: number) => String(value).padStart(2, "0");
  const prices = interval.prices.flatMap(({ point, type, price }) => {
    const key = DASHBOARD_KEYS[point];
    if (key === undefined || type === "LZEW") return [];
    const corrected = corrections.findLast(
      (item) => item.startMs === startMs && item.point === point && item.type === type,
    );
    return [[key, Number(corrected?.price ?? price)] as const];
  });
  return {
    intervalEnding: `${two(Math.floor(endMinute / 60))}:${two(endMinute % 60)}`,
    dstFlag: interval.repeated ? "Y" : "N",
    ...Object.fromEntries(prices),
    timestamp: dashboardStamp(startMs + INTERVAL_MS),
    interval: startMs + INTERVAL_MS,
  };
}

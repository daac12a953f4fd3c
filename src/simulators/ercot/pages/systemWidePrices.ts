import { dashboardStamp } from "../centralTime.ts";
import type { PriceCorrection, PriceInterval } from "../priceDay.ts";
import { dashboardPage, type PublishedInterval } from "./page.ts";

const INTERVAL_MS = 900_000;
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
 * `system-wide-prices.json` at `nowMs`: the intervals of the operating day published last, hubs and plain load zones
 * only (LZEW rows are not on the dashboard); undefined before the first.
 */
function pricesAt(
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

/** The prices of hubs and load zones of the operating day published last. */
export const systemWidePrices = dashboardPage("system-wide-prices", ({ issued, corrections }, nowMs) =>
  pricesAt(issued, corrections, nowMs),
);

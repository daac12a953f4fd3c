import { central, dashboardStamp } from "../centralTime.ts";
import { dashboardPage } from "./page.ts";

const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const FORECAST_HOURS = 144;

/** A summer day's demand, MW: least before dawn, most at five in the afternoon. Made up. */
function demandMw(ms: number): number {
  const { hour, minute } = central(ms);
  const fromPeak = Math.abs(hour + minute / 60 - 17);
  return Math.round(82_000 - 2_600 * Math.min(fromPeak, 24 - fromPeak));
}

function capacityMw(ms: number): number {
  return demandMw(ms) + 9_400 - Math.round(demandMw(ms) / 20);
}

/** Demand and capacity of the day so far every five minutes, and hours of the six days to come. */
export const supplyDemand = dashboardPage("supply-demand", (_market, nowMs, standsSinceMs) => {
  const lastMs = Math.floor(standsSinceMs / STEP_MS) * STEP_MS;
  const firstMs = central(standsSinceMs).startOf("day").toMillis();
  const steps = Array.from({ length: (lastMs - firstMs) / STEP_MS + 1 }, (_, i) => firstMs + i * STEP_MS);
  const nextHourMs = (Math.floor(lastMs / HOUR_MS) + 1) * HOUR_MS;
  return {
    lastUpdated: dashboardStamp(Math.floor(nowMs / STEP_MS) * STEP_MS),
    data: steps.map((epoch) => ({
      capacity: capacityMw(epoch),
      available: capacityMw(epoch) - 1_300,
      demand: demandMw(epoch),
      forecast: 0,
      dstFlag: 0,
      interval: central(epoch).minute,
      hourEnding: central(epoch).hour,
      timestamp: dashboardStamp(epoch),
      epoch,
    })),
    forecast: Array.from({ length: FORECAST_HOURS }, (_, i) => nextHourMs + i * HOUR_MS).map((epoch) => ({
      deliveryDate: central(epoch - 1).toFormat("yyyy-MM-dd"),
      dstFlag: "N",
      hourEnding: central(epoch - 1).hour + 1,
      availCapGen: capacityMw(epoch),
      forecastedDemand: demandMw(epoch),
      timestamp: dashboardStamp(epoch),
      epoch,
    })),
  };
});

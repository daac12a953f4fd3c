import { fileURLToPath } from "node:url";
import type { WorldSettings } from "./world.ts";

/** Operating day of the synthetic scarcity evening in `config/demo`. */
export const DEMO_DAY = "2026-08-18";
/** Fixes the individual power, bias and faults of the demo's machines. */
export const DEMO_SEED = 20_260_818;

/** What ERCOT publishes about the demo's day and the first hour after it. */
export function demoPrices(): WorldSettings["prices"] {
  const file = (name: string): string => fileURLToPath(new URL(`../../config/demo/${name}`, import.meta.url));
  return {
    lmpPath: file("sced-lmp.csv"), sppPath: file("settlement-prices.csv"), prcPath: file("grid-conditions.csv"), correctionsPath: file("corrections.csv"),
    days: [DEMO_DAY, "2026-08-19"],
  };
}

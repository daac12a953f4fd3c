import { capacityMonitor } from "./capacityMonitor.ts";
import { dailyPrc } from "./dailyPrc.ts";
import { operationsMessages } from "./operationsMessages.ts";
import type { SimulatedPage } from "./page.ts";
import { supplyDemand } from "./supplyDemand.ts";
import { systemWidePrices } from "./systemWidePrices.ts";

/** Every page of ERCOT's public site that the simulator shows, each in a file of its own. */
export const PAGES: readonly SimulatedPage[] = [
  dailyPrc,
  systemWidePrices,
  operationsMessages,
  capacityMonitor,
  supplyDemand,
];

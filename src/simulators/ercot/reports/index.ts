import { actualLoad } from "./actualLoad.ts";
import { dayAheadCorrections } from "./dayAheadCorrections.ts";
import { dayAheadMcpc } from "./dayAheadMcpc.ts";
import { dayAheadPrices } from "./dayAheadPrices.ts";
import { loadForecast } from "./loadForecast.ts";
import { priceCorrections } from "./priceCorrections.ts";
import type { SimulatedReport } from "./report.ts";
import { rtdAdders } from "./rtdAdders.ts";
import { rtdPath } from "./rtdPath.ts";
import { scedAdders } from "./scedAdders.ts";
import { scedLmp } from "./scedLmp.ts";
import { scedMcpc } from "./scedMcpc.ts";
import { settlementMcpc } from "./settlementMcpc.ts";
import { settlementPoints } from "./settlementPoints.ts";
import { settlementPrices } from "./settlementPrices.ts";
import { systemDemand } from "./systemDemand.ts";

/** Every report that the simulator publishes on the MIS lists, each in a file of its own. */
export const REPORTS: readonly SimulatedReport[] = [
  scedLmp,
  scedAdders,
  rtdPath,
  rtdAdders,
  dayAheadPrices,
  settlementPrices,
  priceCorrections,
  dayAheadMcpc,
  scedMcpc,
  settlementMcpc,
  settlementPoints,
  dayAheadCorrections,
  loadForecast,
  actualLoad,
  systemDemand,
];

import { capacityMonitor } from "./capacityMonitor.ts";
import { actualLoad } from "./actualLoad.ts";
import { dailyPrc } from "./dailyPrc.ts";
import { loadForecast } from "./loadForecast.ts";
import { operationsMessages } from "./operationsMessages.ts";
import { dayAheadCorrections } from "./dayAheadCorrections.ts";
import { dayAheadMcpc } from "./dayAheadMcpc.ts";
import { dayAheadPrices } from "./dayAheadPrices.ts";
import { priceCorrections } from "./priceCorrections.ts";
import { rtdAdders } from "./rtdAdders.ts";
import { rtdPath } from "./rtdPath.ts";
import { scedAdders } from "./scedAdders.ts";
import { scedLmp } from "./scedLmp.ts";
import { scedMcpc } from "./scedMcpc.ts";
import { settlementMcpc } from "./settlementMcpc.ts";
import { settlementPrices } from "./settlementPrices.ts";
import { supplyDemand } from "./supplyDemand.ts";
import { systemDemand } from "./systemDemand.ts";
import { systemWidePrices } from "./systemWidePrices.ts";

/** ERCOT's reports, each in a file of its own; the order is that in which a person reads them. */
export const ercotReports = [
  scedLmp,
  scedAdders,
  rtdPath,
  rtdAdders,
  dayAheadPrices,
  settlementPrices,
  priceCorrections,
  systemWidePrices,
  dailyPrc,
  operationsMessages,
  dayAheadMcpc,
  scedMcpc,
  settlementMcpc,
  capacityMonitor,
  supplyDemand,
  dayAheadCorrections,
  loadForecast,
  actualLoad,
  systemDemand,
] as const;

import { dailyPrc } from "./dailyPrc.ts";
import { operationsMessages } from "./operationsMessages.ts";
import { priceCorrections } from "./priceCorrections.ts";
import { scedLmp } from "./scedLmp.ts";
import { settlementPrices } from "./settlementPrices.ts";
import { systemWidePrices } from "./systemWidePrices.ts";

/** ERCOT's reports, each in a file of its own; the order is that in which a person reads them. */
export const ercotReports = [
  scedLmp,
  settlementPrices,
  priceCorrections,
  systemWidePrices,
  dailyPrc,
  operationsMessages,
] as const;

import { priceCorrections } from "./priceCorrections.ts";
import type { SimulatedReport } from "./report.ts";
import { scedLmp } from "./scedLmp.ts";
import { settlementPrices } from "./settlementPrices.ts";

/** Every report that the simulator publishes on the MIS lists, each in a file of its own. */
export const REPORTS: readonly SimulatedReport[] = [scedLmp, settlementPrices, priceCorrections];

import { fileURLToPath } from "node:url";
import { wallToInstant } from "../../domain/market/calendar.ts";
import type { ScriptedAction } from "./marketDay.ts";
import { sendOrder } from "../operator/operatorOrders.ts";
import { scriptKey } from "../operator/operatorKeyFile.ts";
import type { BookSystem } from "../system/system.ts";
import type { Deployment } from "../worker/deployment.ts";
import type { LoadPriceDayOptions } from "../../simulators/ercot/priceDay.ts";

/** Operating day of the synthetic scarcity evening in `config/demo`. */
export const DEMO_DAY = "2026-08-18";
/** Fixes the individual power, bias and faults of the demo's machines. */
export const DEMO_SEED = 20_260_818;

/** What ERCOT publishes about the demo's day and the first hour after it. */
export function demoPrices(): LoadPriceDayOptions {
  const file = (name: string): string => fileURLToPath(new URL(`../../../config/demo/${name}`, import.meta.url));
  return {
    lmpPath: file("sced-lmp.csv"),
    sppPath: file("settlement-prices.csv"),
    prcPath: file("grid-conditions.csv"),
    correctionsPath: file("corrections.csv"),
    days: [DEMO_DAY, "2026-08-19"],
  };
}

/**
 * What the energy desk does on the demo's evening at the first site: once everything is back it has one cohort down for
 * a quarter of an hour.
 */
export function demoScript(run: BookSystem): ScriptedAction[] {
  const at = wallToInstant({ day: DEMO_DAY, time: "21:25:00", repeatedHour: false });
  return [
    {
      at,
      act: async () => {
        const { dataDir } = run.stack;
        const actor = "maria.desk";
        const link = {
          client: run.client,
          clock: run.clock,
          siteId: (run.book.deployments[0] as Deployment).plan.siteId,
          actor,
          privateKeyPem: scriptKey(dataDir, actor),
        };
        await sendOrder(link, {
          action: "curtail",
          cohortIds: ["bluestem-s19k"],
          until: "+15m",
          reason: "breaker inspection in row 2",
        });
      },
    },
  ];
}

import { CAPACITY_PRODUCTS, type CapacityProduct } from "../domain/market/capacityProducts.ts";
import { capacityFrom } from "../domain/market/capacitySeries.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { SiteStatusRows } from "../ports/siteRecords.ts";

/** What the capacity of one ancillary service clears at, $/MW for an hour, as the last decision knew it. */
export interface CapacityNow {
  readonly product: CapacityProduct;
  /** What a person calls it. */
  readonly called: string;
  /** In the newest SCED run. */
  readonly sced?: { readonly usdPerMwHour: number; readonly scedAt: Instant; readonly ageSeconds: number };
  /** Day ahead, in the hour now running. */
  readonly dayAheadUsdPerMwHour?: number;
}

/** The clearing prices that are known, service by service; a service of which none is known is absent. */
export function capacityNow({ latest }: Pick<SiteStatusRows, "latest">, at: Instant): readonly CapacityNow[] {
  const { scedMcpc: run, dayAheadMcpc: ahead } = latest?.input.facts ?? {};
  const hours = ahead === undefined || ahead.startsAt > at ? undefined : capacityFrom(ahead, at);
  const isRunning = hours !== undefined && hours.startsAt <= at;
  return CAPACITY_PRODUCTS.flatMap(({ product, called }): CapacityNow[] => {
    const usd = run?.usdPerMwHour[product];
    const hour = isRunning ? hours.usdPerMwHour[product]?.[0] : undefined;
    const known = {
      ...(run !== undefined && usd !== undefined
        ? { sced: { usdPerMwHour: usd, scedAt: run.scedAt, ageSeconds: secondsBetween(run.scedAt, at) } }
        : {}),
      ...(typeof hour === "number" ? { dayAheadUsdPerMwHour: hour } : {}),
    };
    return Object.keys(known).length === 0 ? [] : [{ product, called, ...known }];
  });
}

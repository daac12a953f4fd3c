import type { ReserveConfig } from "../../config/index.ts";
import type { ReservePlan } from "../../domain/decision/reservePlan.ts";
import { dayStart } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";

/** What a site sells of ancillary services, its operating days as the moments at which they begin. */
export function reserveOf({ resources, gates, ...sold }: ReserveConfig): ReservePlan {
  return {
    ...sold,
    resources: resources.map(({ products, ...resource }) => ({
      ...resource,
      products: products.map(({ qualifiedFrom, qualifiedUntil, ...one }) => ({
        ...one,
        qualifiedFrom: dayStart(qualifiedFrom),
        ...begin("qualifiedUntil", qualifiedUntil),
      })),
    })),
    gates: gates.map(({ metFrom, until, ...gate }) => ({
      ...gate,
      ...begin("metFrom", metFrom),
      ...begin("until", until),
    })),
  };
}

function begin<Key extends string>(key: Key, day: string | undefined): Partial<Record<Key, Instant>> {
  return day === undefined ? {} : ({ [key]: dayStart(day) } as Record<Key, Instant>);
}

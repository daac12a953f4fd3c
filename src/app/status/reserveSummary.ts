import { operatingDayOf } from "../../domain/market/calendar.ts";
import type { ReservePlan } from "../../domain/decision/reservePlan.ts";

/** What a site's file says that it sells of ancillary services, for `ballast check`: an entry each. */
export function reserveSummary(reserve: ReservePlan | undefined): readonly string[] {
  if (reserve === undefined) return [];
  return [
    ...reserve.resources.flatMap(({ resource, kind, products }) =>
      products.map(({ product, asTypes, maxMw, qualifiedFrom, qualifiedUntil }) => {
        const until = qualifiedUntil === undefined ? "" : ` to ${operatingDayOf(qualifiedUntil)}`;
        const days = `from ${operatingDayOf(qualifiedFrom)}${until}`;
        return `${resource} (${kind}): ${product} as ${asTypes.join(", ")} up to ${maxMw} MW, ${days}`;
      }),
    ),
    ...reserve.gates.map(({ called, metFrom }) =>
      metFrom === undefined ? `gate not met: ${called}` : `gate: ${called}, from ${operatingDayOf(metFrom)}`,
    ),
  ];
}

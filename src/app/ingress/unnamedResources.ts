import type { SitePlan } from "../../domain/decision/model.ts";
import type { Issuer } from "./issuers.ts";

/**
 * Where the file of the doors and the sites' files do not name the same resources, a sentence each: awards of a
 * resource that is in no site's `reserve` are owed without a qualification; of one that no issuer names none can come.
 */
export function unnamedResources(
  issuers: readonly Pick<Issuer, "resources">[],
  plans: readonly Pick<SitePlan, "siteId" | "reserve">[],
): readonly string[] {
  const named = issuers.flatMap(({ resources }) => Object.entries(resources));
  return plans.flatMap(({ siteId, reserve }) => {
    if (reserve === undefined) return [];
    const sold = reserve.resources.map(({ resource }) => resource);
    const ofDoors = [...new Set(named.filter(([, site]) => site === siteId).map(([resource]) => resource))];
    return [
      ...ofDoors
        .filter((resource) => !sold.includes(resource))
        .map((resource) => `${resource}, an issuer's resource, is not in reserve.resources of ${siteId}'s file`),
      ...sold
        .filter((resource) => !ofDoors.includes(resource))
        .map((resource) => `${resource} of ${siteId}'s reserve is no issuer's: no award of it can come`),
    ];
  });
}

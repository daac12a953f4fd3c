import { notConfigured } from "./failure.ts";

/** What a worker's configuration says of a site. @throws NotConfigured for a site that it does not name. */
export function configured<T>(bySite: ReadonlyMap<string, T>, siteId: string): T {
  const found = bySite.get(siteId);
  if (found === undefined)
    throw notConfigured(
      `Site ${siteId} is not in this worker's configuration, which names: ` +
        `${[...bySite.keys()].join(", ") || "none"}. Start the worker with that site's configuration.`,
    );
  return found;
}

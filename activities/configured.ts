/**
 * What a worker's configuration says of a site. @throws Error, which is retried where a person sees it, for a site that
 * it does not name: a worker of another site must never answer for this one.
 */
export function configured<T>(bySite: ReadonlyMap<string, T>, siteId: string): T {
  const found = bySite.get(siteId);
  if (found === undefined)
    throw new Error(
      `Site ${siteId} is not in this worker's configuration, which names: ` +
        `${[...bySite.keys()].join(", ") || "none"}. Start the worker with that site's configuration.`,
    );
  return found;
}

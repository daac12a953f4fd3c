import type { Instant } from "../units/instant.ts";
import type { SiteInput } from "../inputs/facts.ts";

/** Market time after these inputs: the newest of their stamps and of what was known; undefined with neither. */
export function latestStamp(inputs: readonly SiteInput[], known: Instant | undefined): Instant | undefined {
  const stamps = inputs.map(({ at }) => at);
  return (known === undefined ? stamps : [...stamps, known]).toSorted().at(-1);
}

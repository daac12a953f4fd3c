import type { Instant } from "../units/instant.ts";
import { observedFact, type MarketObservation } from "./marketFacts.ts";

/**
 * The newest moment that a feed has spoken of, `before` included: the moment that each value is about by its source's
 * own word, not that of the document, for one that is written again and again with the same old value says nothing new.
 * A moment after `at`, when it was read, counts as `at`: one stamp from the future may not hide a silence. Ballast's
 * own rule.
 */
export function newestSaidAt(
  observations: readonly MarketObservation[],
  at: Instant,
  before: Instant | undefined,
): Instant | undefined {
  return observations.reduce<Instant | undefined>((newest, observation) => {
    const said = observedFact(observation.kind).saidAt(observation);
    const bounded = said > at ? at : said;
    return newest === undefined || bounded > newest ? bounded : newest;
  }, before);
}

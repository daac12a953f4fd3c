import { type Instant, secondsBetween } from "../units/instant.ts";
import { intervalEnd } from "./calendar.ts";
import type { MarketObservation } from "./model.ts";

/**
 * The moment that a value is about, by its source's own word: the SCED run, the end of the settlement interval, when
 * the grid was observed, the day of the hashprice. Not when it was fetched: a document that is written again and again
 * with the same old value says nothing new. Ballast's own rule.
 */
export function saidAt(observation: MarketObservation): Instant {
  switch (observation.kind) {
    case "sced-lmp":
      return observation.scedAt;
    case "settlement-price":
      return intervalEnd(observation.interval);
    case "grid-condition":
      return observation.observedAt;
    case "hashprice":
      return observation.asOf;
  }
}

/**
 * The newest moment that a feed has spoken of, `before` included. A moment after `at`, when it was read, counts as
 * `at`: one stamp from the future may not hide a silence. Ballast's own rule.
 */
export function newestSaidAt(
  observations: readonly MarketObservation[],
  at: Instant,
  before: Instant | undefined,
): Instant | undefined {
  return observations.reduce<Instant | undefined>((newest, observation) => {
    const said = saidAt(observation);
    const bounded = said > at ? at : said;
    return newest === undefined || bounded > newest ? bounded : newest;
  }, before);
}

/** Whether what a feed said last, `said`, is more than `limitSeconds` old at `at`. Ballast's own rule. */
export function isSilent(said: Instant, at: Instant, limitSeconds: number): boolean {
  return secondsBetween(said, at) > limitSeconds;
}

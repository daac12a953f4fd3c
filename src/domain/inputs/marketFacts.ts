import { UnitError } from "../units/instant.ts";
import { MARKET_FACTS } from "./index.ts";
import type { MarketFact, Observed } from "./marketFact.ts";
import type { Told } from "./told.ts";

type Listed = (typeof MARKET_FACTS)[number];

/** One value of a market feed with its provenance. */
export type MarketObservation = Listed extends infer F
  ? F extends MarketFact<infer O, infer _I, infer _R, infer _P, infer _F, infer _M>
    ? O
    : never
  : never;

/** What a site is told of the market. */
export type MarketInput = Listed extends infer F
  ? F extends MarketFact<infer _O, infer I, infer _R, infer _P, infer _F, infer _M>
    ? I
    : never
  : never;

/**
 * An observation as stored: version 1 is the first value of its key on that route (`mis`, `dashboard`, ...), a changed
 * value is the next version, whichever report of the route brings it.
 */
export interface StoredObservation {
  readonly observation: MarketObservation;
  readonly version: number;
}

/** A listed kind, whichever it is. */
export type AnyMarketFact = Omit<
  MarketFact<MarketObservation, MarketInput, never, object, object, unknown>,
  "messages"
>;

const BY_KIND = new Map<string, AnyMarketFact>(MARKET_FACTS.map((fact) => [fact.kind, fact]));

/** The market fact of a kind. @throws UnitError for one that is not listed */
export function marketFact(kind: string): AnyMarketFact {
  const fact = BY_KIND.get(kind);
  if (fact === undefined) throw new UnitError(`no market fact "${kind}"; known: ${[...BY_KIND.keys()].join(", ")}`);
  return fact;
}

/** Whether a kind of fact is known by source: several feeds of record may bring it. */
export function isKnownBySource(kind: string): boolean {
  return BY_KIND.get(kind)?.toldBy !== undefined;
}

/** Whether something was told of the market. */
export function isMarketInput(told: Told): told is MarketInput {
  return BY_KIND.has(told.kind);
}

/** Whether an observation is of that kind. */
export function isOf<O extends Observed>(
  fact: { readonly kind: O["kind"]; saidAt(one: O): unknown },
  one: Observed,
): one is O {
  return one.kind === fact.kind;
}

import { UnitError } from "../units/instant.ts";
import { KEPT_FACTS, MARKET_FACTS } from "./index.ts";
import type { MarketFact, Observed, ObservedFact } from "./marketFact.ts";
import type { Told } from "./told.ts";

type Listed = (typeof MARKET_FACTS)[number];

type Kept = (typeof KEPT_FACTS)[number];

/** One value of a market feed with its provenance. */
export type MarketObservation = TellableObservation | KeptObservation;

/** One of a kind that sites are told. */
type TellableObservation = Listed extends infer F
  ? F extends MarketFact<infer O, infer _I, infer _R, infer _P, infer _F, infer _M>
    ? O
    : never
  : never;

/** One of a kind that no site is told. */
type KeptObservation = Kept extends infer F ? (F extends ObservedFact<infer O> ? O : never) : never;

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

/** A kind that sites are told, whichever it is. */
export type AnyMarketFact = Omit<
  MarketFact<MarketObservation, MarketInput, never, object, object, unknown>,
  "messages"
>;

/** A kind that market feeds bring, whichever it is. */
export type AnyObservedFact = ObservedFact<MarketObservation>;

const KEPT: readonly AnyObservedFact[] = KEPT_FACTS;
const TOLD = new Map<string, AnyMarketFact>(MARKET_FACTS.map((fact) => [fact.kind, fact]));
const OBSERVED = new Map<string, AnyObservedFact>([...TOLD, ...KEPT.map((fact) => [fact.kind, fact] as const)]);

/** The market fact of a kind that sites are told. @throws UnitError for one that is not listed */
export function marketFact(kind: string): AnyMarketFact {
  return listed(TOLD, kind);
}

/** What market feeds bring of a kind, told or kept. @throws UnitError for one that is not listed */
export function observedFact(kind: string): AnyObservedFact {
  return listed(OBSERVED, kind);
}

/** Whether sites are told of a kind. */
export function isTold(kind: string): kind is MarketInput["kind"] {
  return TOLD.has(kind);
}

function listed<Fact>(facts: ReadonlyMap<string, Fact>, kind: string): Fact {
  const fact = facts.get(kind);
  if (fact === undefined) throw new UnitError(`no market fact "${kind}"; known: ${[...facts.keys()].join(", ")}`);
  return fact;
}

/** Whether a kind of fact is known by source: several feeds of record may bring it. */
export function isKnownBySource(kind: string): boolean {
  return TOLD.get(kind)?.toldBy !== undefined;
}

/** Kinds of facts that one can be made of at a site that no feed tells it; none where it cannot. */
export function madeOf(kind: string): readonly string[] {
  return TOLD.get(kind)?.madeOf ?? [];
}

/** Whether something was told of the market. */
export function isMarketInput(told: Told): told is MarketInput {
  return TOLD.has(told.kind);
}

/** Whether an observation is of that kind. */
export function isOf<O extends Observed>(
  fact: { readonly kind: O["kind"]; saidAt(one: O): unknown },
  one: Observed,
): one is O {
  return one.kind === fact.kind;
}

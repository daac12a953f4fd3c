import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { hashpriceUsd, instant } from "./checks.ts";
import type { MarketFact, Told } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";

/** What a PH/s earns a day. */
export interface HashpriceObservation extends Provenance {
  readonly kind: "hashprice";
  /** US dollars per PH/s per day, decimal text. */
  readonly usdPerPhDay: string;
  readonly asOf: Instant;
}

/** A hashprice as a site is told. */
export interface HashpriceInput extends Told, ToldProvenance {
  readonly kind: "hashprice";
  readonly usdPerPhDay: number;
  readonly asOf: Instant;
}

/** What mining pays, $/PH/day; it stands until another one is told. */
export const hashprice: MarketFact<HashpriceObservation, HashpriceInput> = {
  kind: "hashprice",
  scope: "system",
  called: "hashprice",
  comparedAs: "number",
  standsUntilChanged: true,
  members: { ...PROVENANCE, usdPerPhDay: hashpriceUsd, asOf: instant },
  columns: ({ asOf, usdPerPhDay }) => ({ point: "", pointType: "", key: asOf, value: usdPerPhDay }),
  saidAt: ({ asOf }) => asOf,
  hear: ({ kind, usdPerPhDay, asOf, source, contentHash }, version, at) => ({
    input: { kind, id: `${kind}/${asOf}/${version}`, at, usdPerPhDay: Number(usdPerPhDay), asOf, source, contentHash },
  }),
  says: (row, told) => row.asOf === told.asOf && Number(row.usdPerPhDay) === told.usdPerPhDay,
  place: ({ asOf }) => asOf,
  text: ({ usdPerPhDay }) => `${usdPerPhDay} $/PH/day`,
};

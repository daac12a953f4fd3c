import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { hashpriceUsd, instant } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

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

/** The hashprice that a site knows. */
export interface KnownHashprice {
  readonly hashprice?: { readonly usdPerPhDay: number; readonly asOf: Instant };
}

/** What mining pays, $/PH/day; it stands until another one is told. */
export const hashprice: MarketFact<
  HashpriceObservation,
  HashpriceInput,
  KnownHashprice,
  KnownHashprice,
  KnownHashprice
> = {
  kind: "hashprice",
  scope: "system",
  called: "hashprice",
  comparedAs: "number",
  standsUntilChanged: true,
  isWatched: true,
  messages: { hashprice: { ...PROVENANCE, usdPerPhDay: hashpriceUsd, asOf: instant } },
  columns: ({ asOf, usdPerPhDay }) => ({ point: "", pointType: "", key: asOf, value: usdPerPhDay }),
  saidAt: ({ asOf }) => asOf,
  hear: ({ kind, usdPerPhDay, asOf, source, contentHash }, version, at) => ({
    input: { kind, id: `${kind}/${asOf}/${version}`, at, usdPerPhDay: Number(usdPerPhDay), asOf, source, contentHash },
  }),
  says: (row, told) => row.asOf === told.asOf && Number(row.usdPerPhDay) === told.usdPerPhDay,
  place: ({ asOf }) => asOf,
  text: ({ usdPerPhDay }) => `${usdPerPhDay} $/PH/day`,
  none: {},
  absorb({ hashprice: known }, { usdPerPhDay, asOf }) {
    if (known !== undefined && asOf < known.asOf) return { patch: {}, relevant: false };
    return { patch: { hashprice: { usdPerPhDay, asOf } }, relevant: usdPerPhDay !== known?.usdPerPhDay, isHeard: true };
  },
  freeze: ({ hashprice: known }) => ({ hashprice: known }),
  recovered: (records) => only(records.at(-1)?.hashprice),
  ages: {
    since: ({ hashprice: known }) => known?.asOf,
    limitSeconds: ({ staleness }) => staleness.hashpriceSeconds,
  },
  silence: { policy: "hashprice", holds: "modes", isPrice: true },
};

function only(known: KnownHashprice["hashprice"]): KnownHashprice {
  return known === undefined ? {} : { hashprice: known };
}

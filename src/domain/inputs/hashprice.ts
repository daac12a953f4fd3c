import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { bitcoinNetwork, type KnownNetworks } from "./bitcoinNetwork.ts";
import { btcPrice, type KnownBtcPrices } from "./btcPrice.ts";
import { hashpriceUsd, instant } from "./checks.ts";
import { type HashpriceParts, madeHashprice } from "./madeHashprice.ts";
import type { MarketFact } from "./marketFact.ts";
import type { Freezing } from "./siteFact.ts";
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

/** A hashprice that a decision may go by. */
export interface HashpriceNow {
  readonly usdPerPhDay: number;
  readonly asOf: Instant;
  /** Where it was read and in which kept document (SHA-256); absent in older records, and where it was made. */
  readonly source?: string;
  readonly contentHash?: string;
  /** What it was made of, where no source says it as a whole. */
  readonly madeOf?: HashpriceParts;
}

/** The hashprice that a site knows: told, or as it was made for the last decision. */
export interface KnownHashprice {
  readonly hashprice?: HashpriceNow;
}

/** What a hashprice may be made of. */
type SeenHashprice = KnownHashprice & KnownNetworks & KnownBtcPrices;

/**
 * What mining pays, $/PH/day before the pool's fee. One that is told stands until another one is. A site with a rule
 * for it makes its own, at each decision, of the network and the price of a bitcoin.
 */
export const hashprice: MarketFact<
  HashpriceObservation,
  HashpriceInput,
  SeenHashprice,
  KnownHashprice,
  KnownHashprice
> = {
  kind: "hashprice",
  scope: "system",
  called: "hashprice",
  comparedAs: "number",
  standsUntilChanged: true,
  isWatched: true,
  madeOf: [bitcoinNetwork.kind, btcPrice.kind],
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
  absorb({ hashprice: known }, { usdPerPhDay, asOf, source, contentHash }) {
    if (known !== undefined && asOf < known.asOf) return { patch: {}, relevant: false };
    const next = { usdPerPhDay, asOf, source, contentHash };
    return { patch: { hashprice: next }, relevant: usdPerPhDay !== known?.usdPerPhDay, isHeard: true };
  },
  freeze: frozen,
  after: (known, asOf, site) => {
    const next = site.hashprice === undefined ? undefined : frozen(known, { site, asOf }).hashprice;
    return next === undefined ? {} : { hashprice: next };
  },
  recovered: (records) => only(records.at(-1)?.hashprice),
  ages: {
    since: ({ hashprice: known }) => known?.asOf,
    limitSeconds: ({ staleness }) => staleness.hashpriceSeconds,
  },
  silence: { policy: "hashprice", holds: "modes", isPrice: true },
};

function frozen(known: SeenHashprice, { site, asOf }: Pick<Freezing, "site" | "asOf">): KnownHashprice {
  if (site.hashprice === undefined) return { hashprice: known.hashprice };
  return { hashprice: madeHashprice(known, known.hashprice?.madeOf, site, site.hashprice, asOf) };
}

function only(known: KnownHashprice["hashprice"]): KnownHashprice {
  return known === undefined ? {} : { hashprice: known };
}

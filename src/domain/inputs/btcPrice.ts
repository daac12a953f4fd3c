import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { instant, name, positive } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import { bySource, type OfSource, withReading } from "./readingsBySource.ts";
import type { Told } from "./told.ts";

/** Last price of a bitcoin at an exchange. */
export interface BtcPriceObservation extends Provenance {
  readonly kind: "btc-price";
  /** US dollars, decimal text as published. */
  readonly usdPerBtc: string;
  readonly observedAt: Instant;
}

/** The same as a site is told. */
export interface BtcPriceInput extends Told, ToldProvenance {
  readonly kind: "btc-price";
  readonly feedId: string;
  readonly usdPerBtc: number;
  readonly observedAt: Instant;
}

/** What one exchange says. */
export interface BtcPriceReading extends OfSource {
  readonly usdPerBtc: number;
  readonly observedAt: Instant;
}

/** The newest price of each source, by its feed's id. */
export interface KnownBtcPrices {
  readonly btcPrices?: readonly BtcPriceReading[];
}

/** Price of a bitcoin in US dollars, by exchange: every poll is told, with the next SCED run. */
export const btcPrice: MarketFact<
  BtcPriceObservation,
  BtcPriceInput,
  KnownBtcPrices,
  KnownBtcPrices,
  KnownBtcPrices,
  true
> = {
  kind: "btc-price",
  scope: "system",
  called: "price of bitcoin",
  comparedAs: "number",
  everyPollCounts: true,
  standsUntilChanged: true,
  isWatched: true,
  rides: true,
  messages: { "btc-price": { ...PROVENANCE, feedId: name, usdPerBtc: positive, observedAt: instant } },
  /** By source: exchanges that are asked at one moment correct each other in nothing. */
  columns: ({ source, observedAt, usdPerBtc }) => ({ point: source, pointType: "", key: observedAt, value: usdPerBtc }),
  saidAt: ({ observedAt }) => observedAt,
  hear: ({ kind, usdPerBtc, observedAt, source, contentHash }, _version, at, { feedId }, memory) => ({
    memory: true,
    input: {
      kind,
      id: `${feedId}/${observedAt}`,
      at,
      feedId,
      usdPerBtc: Number(usdPerBtc),
      observedAt,
      source,
      contentHash,
    },
    // the first is waited for
    ...(memory === undefined ? { isUrgent: true } : {}),
  }),
  toldBy: ({ feedId }) => feedId,
  says: (row, told) => row.observedAt === told.observedAt && Number(row.usdPerBtc) === told.usdPerBtc,
  place: ({ observedAt }) => observedAt,
  text: ({ usdPerBtc }) => `${usdPerBtc} $/BTC`,
  none: {},
  absorb({ btcPrices: known }, { feedId, contentHash, usdPerBtc, observedAt }) {
    const readings = withReading(known, { source: feedId, contentHash, usdPerBtc, observedAt });
    if (readings === undefined) return { patch: {}, relevant: false };
    const relevant = known?.every(({ source }) => source !== feedId) ?? true;
    return { patch: { btcPrices: readings }, relevant, isHeard: true, source: feedId };
  },
  freeze: ({ btcPrices: known }, { site }) => {
    const listed = bySource("btc-price", known, site);
    return listed === undefined ? {} : { btcPrices: listed };
  },
  recovered: (records) => {
    const known = records.at(-1)?.btcPrices;
    return known === undefined ? {} : { btcPrices: known };
  },
};

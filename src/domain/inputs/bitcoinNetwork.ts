import type { NetworkReading } from "../market/bitcoinNetwork.ts";
import type { Provenance } from "../market/model.ts";
import { count, instant, name, optional, positive } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import { bySource, type OfSource, withReading } from "./readingsBySource.ts";
import type { Told } from "./told.ts";

/** The Bitcoin network as one poll of a node or an explorer finds it. */
export interface BitcoinNetworkObservation extends Provenance, NetworkReading {
  readonly kind: "bitcoin-network";
}

/** The same as a site is told. */
export interface BitcoinNetworkInput extends Told, ToldProvenance, NetworkReading {
  readonly kind: "bitcoin-network";
  readonly feedId: string;
}

/** The newest reading of each source, by its feed's id. */
export interface KnownNetworks {
  readonly bitcoinNetworks?: readonly (NetworkReading & OfSource)[];
}

/** Height, difficulty and fees of the Bitcoin network, by source: every poll is told, with the next SCED run. */
export const bitcoinNetwork: MarketFact<
  BitcoinNetworkObservation,
  BitcoinNetworkInput,
  KnownNetworks,
  KnownNetworks,
  KnownNetworks,
  true
> = {
  kind: "bitcoin-network",
  scope: "system",
  called: "Bitcoin network",
  comparedAs: "text",
  everyPollCounts: true,
  standsUntilChanged: true,
  isWatched: true,
  rides: true,
  messages: {
    "bitcoin-network": {
      ...PROVENANCE,
      feedId: name,
      height: count,
      difficulty: positive,
      feesSatsPerBlock: count,
      tipAt: instant,
      epochStartedAt: optional(instant),
      observedAt: instant,
    },
  },
  /** By source: two that say the same at one moment are two values, each of its own document. */
  columns: (one) => ({ point: one.source, pointType: "", key: one.observedAt, value: readingText(one) }),
  saidAt: ({ observedAt }) => observedAt,
  hear: (one, _version, at, { feedId }, memory) => ({
    memory: true,
    input: {
      kind: one.kind,
      id: `${feedId}/${one.observedAt}`,
      at,
      feedId,
      ...readingOf(one),
      source: one.source,
      contentHash: one.contentHash,
    },
    // the first is waited for
    ...(memory === undefined ? { isUrgent: true } : {}),
  }),
  toldBy: ({ feedId }) => feedId,
  says: (row, told) => readingText(row) === readingText(told) && row.observedAt === told.observedAt,
  place: ({ observedAt }) => observedAt,
  text: readingText,
  none: {},
  absorb({ bitcoinNetworks: known }, input) {
    const reading = { source: input.feedId, contentHash: input.contentHash, ...readingOf(input) };
    const readings = withReading(known, reading);
    if (readings === undefined) return { patch: {}, relevant: false };
    const relevant = known?.every(({ source }) => source !== input.feedId) ?? true;
    return { patch: { bitcoinNetworks: readings }, relevant, isHeard: true, source: input.feedId };
  },
  freeze: ({ bitcoinNetworks: known }, { site }) => {
    const listed = bySource("bitcoin-network", known, site);
    return listed === undefined ? {} : { bitcoinNetworks: listed };
  },
  recovered: (records) => {
    const known = records.at(-1)?.bitcoinNetworks;
    return known === undefined ? {} : { bitcoinNetworks: known };
  },
};

function readingOf(reading: NetworkReading): NetworkReading {
  const { height, difficulty, feesSatsPerBlock, tipAt, epochStartedAt, observedAt } = reading;
  const epoch = epochStartedAt === undefined ? {} : { epochStartedAt };
  return { height, difficulty, feesSatsPerBlock, tipAt, ...epoch, observedAt };
}

function readingText({ height, difficulty, feesSatsPerBlock, tipAt, epochStartedAt }: NetworkReading): string {
  const epoch = epochStartedAt === undefined ? "" : `, first of its difficulty ${epochStartedAt}`;
  return `height ${height} of ${tipAt}, difficulty ${difficulty}, fees ${feesSatsPerBlock} sats a block${epoch}`;
}

import type { NetworkReading } from "../market/bitcoinNetwork.ts";
import { hashpriceUsdPerPhDay, satsPerPhDay } from "../market/networkHashprice.ts";
import type { PoolPayout } from "../market/poolPayout.ts";
import { type ReadingLimits, type Standing, standingReading } from "../market/standingReading.ts";
import { hashpriceProblem } from "../units/hashprice.ts";
import { earlierOf, type Instant } from "../units/instant.ts";
import { bitcoinNetwork, type KnownNetworks } from "./bitcoinNetwork.ts";
import { btcPrice, type BtcPriceReading, type KnownBtcPrices } from "./btcPrice.ts";
import { isSilent } from "./isSilent.ts";
import { freshOf, type OfSource } from "./readingsBySource.ts";
import type { SiteView } from "./siteFact.ts";

/** How a site makes its hashprice of the network and the price of a bitcoin. */
export interface HashpriceRule extends ReadingLimits {
  /** How the pool pays. */
  readonly payout: PoolPayout;
}

/** What a hashprice was made of: everything to compute it again. */
export interface HashpriceParts {
  readonly payout: PoolPayout;
  /** Satoshis of a PH/s and day, before the pool's fee. */
  readonly satsPerPhDay: number;
  readonly network: NetworkReading & OfSource & Standing;
  readonly price: BtcPriceReading & Standing;
}

/** A hashprice of first principles. */
export interface MadeHashprice {
  readonly usdPerPhDay: number;
  /** Of the older of its two parts. */
  readonly asOf: Instant;
  readonly madeOf: HashpriceParts;
}

/** In three hours without a block the node is cut off: at the network's pace it happens once in 1,200 years. */
const TIP_SECONDS_MAX = 10_800;

/**
 * The hashprice of the hour that begins at `asOf`, of the sources that are fresh and believed; undefined while either
 * part has none, or what they come to cannot be a hashprice. `before`: what stood at the decision before.
 */
export function madeHashprice(
  known: KnownNetworks & KnownBtcPrices,
  before: HashpriceParts | undefined,
  site: Pick<SiteView, "factSources">,
  rule: HashpriceRule,
  asOf: Instant,
): MadeHashprice | undefined {
  const isOld = (observedAt: Instant, limit: number): boolean => isSilent(observedAt, asOf, limit);
  const networks = freshOf(bitcoinNetwork.kind, known.bitcoinNetworks, site, isOld);
  const prices = freshOf(btcPrice.kind, known.btcPrices, site, isOld);
  const network = standing(
    networks.filter(({ tipAt }) => !isSilent(tipAt, asOf, TIP_SECONDS_MAX)),
    before?.network,
    (one) => satsPerPhDay(one, rule.payout, asOf),
    rule,
    asOf,
  );
  const price = standing(prices, before?.price, (one) => one.usdPerBtc, rule, asOf);
  if (network === undefined || price === undefined) return undefined;
  const sats = satsPerPhDay(network, rule.payout, asOf);
  const usdPerPhDay = hashpriceUsdPerPhDay(sats, price.usdPerBtc);
  if (hashpriceProblem(usdPerPhDay) !== undefined) return undefined;
  return {
    usdPerPhDay,
    asOf: earlierOf(network.observedAt, price.observedAt),
    madeOf: { payout: rule.payout, satsPerPhDay: sats, network, price },
  };
}

/** The reading that stands by the value that counts, without that value: what stood before is valued anew. */
function standing<Reading extends OfSource>(
  fresh: readonly Reading[],
  before: (Reading & Standing) | undefined,
  valueOf: (one: Reading) => number,
  limits: ReadingLimits,
  asOf: Instant,
): (Reading & Standing) | undefined {
  const valued = <One extends Reading>(one: One): One & { readonly value: number } => ({ ...one, value: valueOf(one) });
  const stood = before === undefined ? undefined : valued(before);
  const found = standingReading(fresh.map(valued), stood, limits, asOf);
  if (found === undefined) return undefined;
  const { value: _value, ...reading } = found;
  return reading as unknown as Reading & Standing;
}

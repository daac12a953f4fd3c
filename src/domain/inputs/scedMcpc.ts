import { type ByProduct, type CapacityProduct, CAPACITY_PRODUCTS } from "../market/capacityProducts.ts";
import type { Provenance } from "../market/model.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import { capacityPrices } from "./capacityChecks.ts";
import { instant } from "./checks.ts";
import { type MarketFact, NEWS_SECONDS } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Clearing price for capacity of one service in a SCED run, $/MW for an hour as published. */
export interface ScedMcpcObservation extends Provenance {
  readonly kind: "sced-mcpc";
  readonly scedAt: Instant;
  readonly product: CapacityProduct;
  readonly priceUsdPerMwHour: string;
  /** What it would be without the caps: shown beside the price, and never the price. */
  readonly isUncapped?: true;
}

/** The clearing prices of a SCED run as a site is told. */
export interface ScedMcpcInput extends Told, ToldProvenance {
  readonly kind: "sced-mcpc";
  readonly scedAt: Instant;
  readonly usdPerMwHour: ByProduct<number>;
}

/** Clearing prices for capacity of the newest SCED run that a site knows, $/MW for an hour. */
export interface KnownScedMcpc {
  readonly scedMcpc?: { readonly scedAt: Instant; readonly usdPerMwHour: ByProduct<number> };
}

/** The run whose prices were read last, each with its version. */
interface ScedMcpcMemory {
  readonly scedAt: Instant;
  readonly read: ByProduct<{ readonly usd: number; readonly version: number }>;
}

/**
 * Real-time clearing prices for capacity (MCPC), five a SCED run; they change no decision alone. A correction is of a
 * run that is over: it is kept and not told.
 */
export const scedMcpc: MarketFact<
  ScedMcpcObservation,
  ScedMcpcInput,
  KnownScedMcpc,
  KnownScedMcpc,
  KnownScedMcpc,
  ScedMcpcMemory
> = {
  kind: "sced-mcpc",
  scope: "system",
  called: "capacity price",
  comparedAs: "number",
  isWatched: true,
  rides: true,
  messages: { "sced-mcpc": { ...PROVENANCE, scedAt: instant, usdPerMwHour: capacityPrices } },
  columns: ({ product, isUncapped, scedAt, priceUsdPerMwHour }) => ({
    point: product,
    pointType: isUncapped === true ? "uncapped" : "",
    key: scedAt,
    value: priceUsdPerMwHour,
  }),
  restated: (observation, value) => ({ ...observation, priceUsdPerMwHour: value }),
  saidAt: ({ scedAt }) => scedAt,
  hear({ kind, scedAt, product, priceUsdPerMwHour, isUncapped, quality, source, contentHash }, version, at, _, memory) {
    const isOver = quality === "CORRECTED" || secondsBetween(scedAt, at) > NEWS_SECONDS;
    if (isUncapped === true || isOver || (memory !== undefined && scedAt < memory.scedAt)) return {};
    const before = memory?.scedAt === scedAt ? memory.read : {};
    const read = { ...before, [product]: { usd: Number(priceUsdPerMwHour), version } };
    const said = Object.entries(read);
    const id = `${kind}/${scedAt}/${said.reduce((sum, [, one]) => sum + one.version, 0)}`;
    const usdPerMwHour = Object.fromEntries(said.map(([code, { usd }]) => [code, usd]));
    return { memory: { scedAt, read }, input: { kind, id, at, scedAt, usdPerMwHour, source, contentHash } };
  },
  /** Each holds the ones before it, and an older run is over. */
  inOrder: (told) => told.slice(-1),
  parts: (told) => Object.entries(told.usdPerMwHour).map(([code, usd]) => ({ ...told, usdPerMwHour: { [code]: usd } })),
  says: (row, { scedAt, usdPerMwHour }) =>
    row.isUncapped !== true && row.scedAt === scedAt && Number(row.priceUsdPerMwHour) === usdPerMwHour[row.product],
  place: (value) =>
    "product" in value
      ? `${value.scedAt} ${value.product}${value.isUncapped === true ? " uncapped" : ""}`
      : `${value.scedAt} ${Object.keys(value.usdPerMwHour).join(", ")}`,
  text: (value) => ("product" in value ? `${value.priceUsdPerMwHour} $/MW` : capacityText(value.usdPerMwHour)),
  none: {},
  absorb({ scedMcpc: known }, { scedAt, usdPerMwHour }) {
    if (known !== undefined && scedAt < known.scedAt) return { patch: {}, relevant: false };
    const before = known?.scedAt === scedAt ? known.usdPerMwHour : {};
    const now = { scedAt, usdPerMwHour: { ...before, ...usdPerMwHour } };
    return { patch: { scedMcpc: now }, relevant: false, isHeard: true };
  },
  freeze: ({ scedMcpc: known }, { asOf }) => (known === undefined || known.scedAt > asOf ? {} : { scedMcpc: known }),
  recovered: (records) => {
    const known = records.at(-1)?.scedMcpc;
    return known === undefined ? {} : { scedMcpc: known };
  },
};

/** Prices by service for a person, in the order of the list. */
function capacityText(prices: ByProduct<number>): string {
  const said = CAPACITY_PRODUCTS.flatMap(({ product }) =>
    prices[product] === undefined ? [] : [`${product} ${prices[product]}`],
  );
  return `${said.join(", ")} $/MW`;
}

import type { BtcPriceObservation } from "../../domain/inputs/btcPrice.ts";
import { MarketRowError, normalizeDecimal } from "../../domain/market/normalizeField.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";

/** Ballast's own bounds: a price outside is of another pair or unit. */
const PLAUSIBLE_USD = { from: 1_000, to: 10_000_000 };

/** A price of a bitcoin, US dollars. @throws PortDataError for no plain decimal number, or one far from any price */
export function btcPriceRow(
  document: RawDocument,
  contentHash: string,
  { usd, observedAt }: { readonly usd: string; readonly observedAt: Instant },
): BtcPriceObservation {
  const { source, documentId, fetchedAt } = document;
  const head = { kind: "btc-price", source, documentId, contentHash, fetchedAt, quality: "PUBLISHED" } as const;
  try {
    const usdPerBtc = normalizeDecimal("price", usd);
    if (Number(usdPerBtc) < PLAUSIBLE_USD.from || Number(usdPerBtc) > PLAUSIBLE_USD.to)
      throw new MarketRowError("price", usd, `$ for a bitcoin from ${PLAUSIBLE_USD.from} to ${PLAUSIBLE_USD.to}`);
    return { ...head, usdPerBtc, observedAt };
  } catch (cause) {
    if (!(cause instanceof MarketRowError)) throw cause;
    throw new PortDataError(`${source} document ${documentId}: ${cause.message}`, { cause });
  }
}

import { z } from "zod";
import { cleanText } from "../../domain/units/foreignText.ts";
import { PortDataError } from "../../ports/errors.ts";
import { textAt } from "./httpJson.ts";
import { answersOf, liveSettings, liveSource, under } from "./liveSource.ts";
import { btcPriceRow } from "./btcPriceRow.ts";

const fragment = z
  .strictObject({ use: z.literal("exchange/kraken"), ...liveSettings })
  .meta({ description: "Price of a bitcoin at Kraken, XBT/USD, public ticker" });

/** The pair under Kraken's own name, as it comes back. */
const PAIR = "XXBTZUSD";
/** `c`: price and volume of the last trade. */
const TICKER = z.object({
  error: z.array(z.string()),
  result: z.record(z.string(), z.object({ c: z.tuple([z.string(), z.string()]) })).optional(),
});

/** Last trade of XBT/USD at Kraken: `GET /0/public/Ticker`. It has no stamp, so it counts as of the poll. */
export const kraken = {
  fragment,
  ...liveSource<z.infer<typeof fragment>>({
    use: "exchange/kraken",
    title: "Price of a bitcoin at Kraken",
    source: "exchange/kraken",
    gives: "btc-price",
    usual: { use: "exchange/kraken", baseUrl: "https://api.kraken.com", pollEverySeconds: 300 },
    ask: async ({ baseUrl }) => [await textAt(under(baseUrl, "/0/public/Ticker?pair=XBTUSD"))],
    read(document, contentHash) {
      const where = `${document.source} document ${document.documentId}`;
      const [{ error, result = {} }] = answersOf(document, [TICKER]);
      if (error.length > 0) throw new PortDataError(`${where}: Kraken answers "${cleanText(error.join(", "), 100)}"`);
      const [pair, ...others] = Object.entries(result);
      if (pair === undefined || others.length > 0)
        throw new PortDataError(`${where}: expected the one pair asked for, found ${Object.keys(result).length}`);
      const [name, ticker] = pair;
      if (name !== PAIR) throw new PortDataError(`${where}: expected the pair ${PAIR}, found ${cleanText(name, 100)}`);
      return [btcPriceRow(document, contentHash, { usd: ticker.c[0], observedAt: document.fetchedAt })];
    },
  }),
};

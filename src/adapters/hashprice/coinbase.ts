import { z } from "zod";
import { textAt } from "./httpJson.ts";
import { answersOf, liveSettings, liveSource, stampOf, under } from "./liveSource.ts";
import { btcPriceRow } from "./btcPriceRow.ts";

const fragment = z
  .strictObject({ use: z.literal("exchange/coinbase"), ...liveSettings })
  .meta({ description: "Price of a bitcoin at Coinbase Exchange, BTC-USD, public ticker" });

const TICKER = z.object({ price: z.string(), time: z.string() });

/** Last trade of BTC-USD at Coinbase Exchange: `GET /products/BTC-USD/ticker`, stamped with the trade's time. */
export const coinbase = {
  fragment,
  ...liveSource<z.infer<typeof fragment>>({
    use: "exchange/coinbase",
    title: "Price of a bitcoin at Coinbase Exchange",
    source: "exchange/coinbase",
    gives: "btc-price",
    usual: { use: "exchange/coinbase", baseUrl: "https://api.exchange.coinbase.com", pollEverySeconds: 300 },
    ask: async ({ baseUrl }) => [await textAt(under(baseUrl, "/products/BTC-USD/ticker"))],
    read(document, contentHash) {
      const [{ price, time }] = answersOf(document, [TICKER]);
      return [btcPriceRow(document, contentHash, { usd: price, observedAt: stampOf(time, "time", document) })];
    },
  }),
};

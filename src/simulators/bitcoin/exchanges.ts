/** Ticker of `GET /products/BTC-USD/ticker`, $, by Coinbase Exchange's documentation: the time has microseconds. */
export function coinbaseTicker(usdPerBtc: number, nowMs: number) {
  return {
    ask: (usdPerBtc + 0.01).toFixed(2),
    bid: usdPerBtc.toFixed(2),
    volume: "6312.66128712",
    trade_id: 891_234_567,
    price: usdPerBtc.toFixed(2),
    size: "0.00431",
    time: new Date(nowMs).toISOString().replace("Z", "123Z"),
    rfq_volume: "41.220122",
  };
}

/** Ticker of `GET /0/public/Ticker?pair=XBTUSD` by Kraken's documentation, $: the pair under its own name, no time. */
export function krakenTicker(pair: string | null, usdPerBtc: number) {
  if (pair !== "XBTUSD" && pair !== "XXBTZUSD") return { error: ["EQuery:Unknown asset pair"] };
  const last = usdPerBtc.toFixed(5);
  return {
    error: [],
    result: {
      XXBTZUSD: {
        a: [(usdPerBtc + 0.1).toFixed(5), "1", "1.000"],
        b: [last, "2", "2.000"],
        c: [last, "0.00120000"],
        v: ["812.44119183", "2380.11824118"],
        p: [last, last],
        t: [21_022, 60_111],
        l: [(usdPerBtc - 400).toFixed(5), (usdPerBtc - 900).toFixed(5)],
        h: [(usdPerBtc + 400).toFixed(5), (usdPerBtc + 900).toFixed(5)],
        o: last,
      },
    },
  };
}

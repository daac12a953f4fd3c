import { expect, it } from "vitest";
import { bitcoinNetwork, type BitcoinNetworkObservation } from "../../../src/domain/inputs/bitcoinNetwork.ts";
import { btcPrice, type BtcPriceObservation } from "../../../src/domain/inputs/btcPrice.ts";

it("sources that are asked at one moment keep a value each, so that each one's document is kept for the audit", () => {
  const at = { observedAt: "2026-08-18T22:55:20.000Z" };
  const network = (source: string) =>
    bitcoinNetwork.columns({ ...at, source } as unknown as BitcoinNetworkObservation).point;
  const price = (source: string) => btcPrice.columns({ ...at, source } as unknown as BtcPriceObservation).point;
  expect([network("bitcoin/node"), network("bitcoin/explorer")]).toEqual(["bitcoin/node", "bitcoin/explorer"]);
  expect([price("exchange/coinbase"), price("exchange/kraken")]).toEqual(["exchange/coinbase", "exchange/kraken"]);
});

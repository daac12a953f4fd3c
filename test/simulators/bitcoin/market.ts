import type { MarketFeed } from "../../../src/ports/marketFeed.ts";
import {
  type BitcoinSimulator,
  type BitcoinSimulatorOptions,
  startBitcoinSimulator,
} from "../../../src/simulators/bitcoin/server.ts";
import type { SimClock } from "../../../src/simulators/model.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

/** Only in this test's own environment. */
export const CREDENTIALS = { user: "ballast", password: "not-a-real-one" };

const running: BitcoinSimulator[] = [];

/** A chain at height 963,104 on the evening of 2026-08-18, and two exchanges 45 $ apart. */
export async function simulateBitcoin(
  options: { readonly clock: SimClock } & Partial<BitcoinSimulatorOptions>,
): Promise<BitcoinSimulator> {
  const simulator = await startBitcoinSimulator({
    anchorHeight: 963_104,
    anchorMs: Date.parse("2026-08-18T17:58:20-05:00"),
    difficulty: () => 127_480_000_000_000,
    feesSats: (height) => 3_500_000 + (height % 2) * 100_000,
    credentials: `${CREDENTIALS.user}:${CREDENTIALS.password}`,
    usdPerBtc: (exchange) => (exchange === "coinbase" ? 78_456.69 : 78_501.7),
    ...options,
  });
  running.push(simulator);
  return simulator;
}

export async function closeBitcoin(): Promise<void> {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
}

/** What one poll at a moment reads. */
export async function readAt(feed: MarketFeed, at: string) {
  const { documents } = await feed.poll(undefined, parseInstant(at));
  return documents.flatMap((document) => feed.parse(document, "hash"));
}

import { z } from "zod";
import type { BitcoinNetworkObservation } from "../../domain/inputs/bitcoinNetwork.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { textAt } from "./httpJson.ts";
import { answersOf, liveSettings, liveSource, stampOf, under } from "./liveSource.ts";

const fragment = z
  .strictObject({ use: z.literal("bitcoin/explorer"), ...liveSettings })
  .meta({ description: "A block explorer with the API of mempool.space, that one or your own" });

type Settings = z.infer<typeof fragment>;

/** About a day of blocks. */
const FEE_BLOCKS = 144;

/** Bitcoin network by an explorer of mempool.space's API: the newest blocks, what they paid, the running difficulty. */
export const bitcoinExplorer = {
  fragment,
  ...liveSource<Settings>({
    use: "bitcoin/explorer",
    title: "Bitcoin network by an explorer with the API of mempool.space: height, difficulty, fees",
    source: "bitcoin/explorer",
    gives: "bitcoin-network",
    usual: { use: "bitcoin/explorer", baseUrl: "https://mempool.space", pollEverySeconds: 300 },
    ask: async ({ baseUrl }) => [
      await textAt(under(baseUrl, "/api/v1/blocks")),
      await textAt(under(baseUrl, `/api/v1/mining/reward-stats/${FEE_BLOCKS}`)),
      await textAt(under(baseUrl, "/api/v1/difficulty-adjustment")),
    ],
    read: parseExplorerAnswers,
  }),
};

const BLOCKS = z
  .array(z.object({ height: z.int().min(0), timestamp: z.int(), difficulty: z.number().positive() }))
  .min(1);
/** Sums come as decimal text, satoshis. */
const REWARDS = z.object({
  startBlock: z.int().min(0),
  endBlock: z.int().min(0),
  totalFee: z.union([z.string().regex(/^\d{1,15}$/), z.int().min(0)]),
});
/** `previousTime`: seconds since 1970 of the last adjustment; older servers lack it. */
const ADJUSTMENT = z.object({ previousTime: z.int().optional() });

/**
 * The network in the kept answers of an explorer (mempool.space). Pure.
 * @throws PortDataError naming the answer and what is wrong
 */
export function parseExplorerAnswers(document: RawDocument, contentHash: string): BitcoinNetworkObservation[] {
  const { source, documentId, fetchedAt } = document;
  const [blocks, rewards, adjustment] = answersOf(document, [BLOCKS, REWARDS, ADJUSTMENT]);
  const tip = blocks.reduce((newest, one) => (one.height > newest.height ? one : newest));
  const counted = rewards.endBlock - rewards.startBlock + 1;
  if (counted < 1)
    throw new PortDataError(`${source} document ${documentId}: rewards end before they begin, at ${rewards.endBlock}`);
  return [
    {
      kind: "bitcoin-network",
      source,
      documentId,
      contentHash,
      fetchedAt,
      quality: "PUBLISHED",
      height: tip.height,
      difficulty: tip.difficulty,
      feesSatsPerBlock: Math.round(Number(rewards.totalFee) / counted),
      tipAt: stampOf(tip.timestamp, "timestamp of the newest block", document),
      ...(adjustment.previousTime === undefined
        ? {}
        : { epochStartedAt: stampOf(adjustment.previousTime, "previousTime", document) }),
      observedAt: fetchedAt,
    },
  ];
}

import { z } from "zod";
import type { BitcoinNetworkObservation } from "../../domain/inputs/bitcoinNetwork.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { textAt } from "./httpJson.ts";
import { answersOf, blockTimeOf, liveSettings, liveSource, ofMainChain, under } from "./liveSource.ts";

const fragment = z
  .strictObject({ use: z.literal("bitcoin/explorer"), ...liveSettings })
  .meta({ description: "A block explorer with the API of mempool.space, that one or your own" });

type Settings = z.infer<typeof fragment>;

/** About a day of blocks. */
const FEE_BLOCKS = 144;
/** Fees of fewer blocks say little of a day's, and those of a span that ended longer ago nothing of today's. */
const FEE_BLOCKS_MIN = 72;
const FEES_BEHIND_MAX = 6;

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
  const behind = tip.height - rewards.endBlock;
  if (counted < FEE_BLOCKS_MIN || behind > FEES_BEHIND_MAX || behind < -FEES_BEHIND_MAX)
    throw new PortDataError(
      `${source} document ${documentId}: expected the fees of the ${FEE_BLOCKS} blocks up to ${tip.height}, found ` +
        `those from ${rewards.startBlock} to ${rewards.endBlock}`,
    );
  return ofMainChain({
    kind: "bitcoin-network",
    source,
    documentId,
    contentHash,
    fetchedAt,
    quality: "PUBLISHED",
    height: tip.height,
    difficulty: tip.difficulty,
    feesSatsPerBlock: Math.round(Number(rewards.totalFee) / counted),
    tipAt: blockTimeOf(tip.timestamp, "timestamp of the newest block", document),
    ...(adjustment.previousTime === undefined
      ? {}
      : { epochStartedAt: blockTimeOf(adjustment.previousTime, "previousTime", document) }),
    observedAt: fetchedAt,
  });
}

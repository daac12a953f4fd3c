import { z } from "zod";
import type { BitcoinNetworkObservation } from "../../domain/inputs/bitcoinNetwork.ts";
import { cleanText, foreignValueText } from "../../domain/units/foreignText.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { textAt } from "./httpJson.ts";
import { answersOf, blockTimeOf, jsonOf, liveSettings, liveSource, ofMainChain } from "./liveSource.ts";
import { authorization, nodeAccess } from "./nodeAccess.ts";

const fragment = z
  .strictObject({
    use: z.literal("bitcoin/node"),
    ...liveSettings,
    auth: nodeAccess,
    feeBlocks: z
      .int()
      .min(1)
      .max(2_016)
      .meta({ description: "Newest blocks whose mean fee counts; 144, about a day, is what most FPPS pools take" }),
  })
  .meta({ description: "A Bitcoin Core node of your own: height, difficulty and fees by JSON-RPC" });

type Settings = z.infer<typeof fragment>;

const SOURCE = "bitcoin/node";
const BLOCKS_PER_EPOCH = 2_016;
/** Bitcoin Core: the node is starting. */
const IN_WARMUP = -28;

/**
 * Bitcoin network by the JSON-RPC of Bitcoin Core: `getblockchaininfo`, `getmininginfo`, `getblockstats`,
 * `getblockheader`.
 */
export const bitcoinNode = {
  fragment,
  ...liveSource<Settings>({
    use: "bitcoin/node",
    title: "Bitcoin network by a node's JSON-RPC: height, difficulty, fees",
    source: SOURCE,
    gives: "bitcoin-network",
    usual: {
      use: "bitcoin/node",
      baseUrl: "http://127.0.0.1:8332",
      auth: { username: { env: "BALLAST_BITCOIN_USER" }, password: { env: "BALLAST_BITCOIN_PASSWORD" } },
      feeBlocks: 144,
      pollEverySeconds: 300,
    },
    ask,
    read: parseNodeAnswers,
    problemsOf: ({ baseUrl }) => {
      const { protocol, hostname } = new URL(baseUrl);
      const isNear = /^(localhost|\[::1\]|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(hostname);
      if (protocol === "https:" || isNear) return [];
      const message = "would carry credentials in the clear";
      return [{ in: "feed", path: ["baseUrl"], message, expected: "an address that begins with https://" }];
    },
  }),
};

interface Call {
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** Who the chain's tip is, then the fees of the newest blocks, then the first header of the running difficulty. */
async function ask(settings: Settings): Promise<readonly string[]> {
  const now = await batch(settings, [{ method: "getblockchaininfo" }, { method: "getmininginfo" }]);
  const where = settings.baseUrl;
  const [{ blocks }] = results(repliesOf(now, where), "getblockchaininfo", INFO, where);
  const from = Math.max(0, blocks - settings.feeBlocks + 1);
  const heights = Array.from({ length: blocks - from + 1 }, (_, at) => from + at);
  const fees = await batch(settings, [
    { method: "getblockhash", params: [blocks - (blocks % BLOCKS_PER_EPOCH)] },
    ...heights.map((height) => ({ method: "getblockstats", params: [height, ["height", "totalfee"]] })),
  ]);
  const [hash] = results(repliesOf(fees, where), "getblockhash", z.string(), where);
  const first = await batch(settings, [{ method: "getblockheader", params: [hash, true] }]);
  return [now, fees, first];
}

async function batch({ baseUrl, auth }: Settings, calls: readonly Call[]): Promise<string> {
  const body = JSON.stringify(
    calls.map(({ method, params = [] }, at) => ({ jsonrpc: "1.0", id: `${method}#${at}`, method, params })),
  );
  const headers = { Authorization: authorization(auth), "Content-Type": "application/json" };
  return await textAt(baseUrl, { headers, body });
}

const REPLY = z.object({
  id: z.string(),
  result: z.unknown(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
});
const REPLIES = z.array(REPLY);
type Reply = z.infer<typeof REPLY>;
const INFO = z.object({
  chain: z.string(),
  blocks: z.int().min(0),
  difficulty: z.number().positive(),
  time: z.int(),
  initialblockdownload: z.boolean(),
});
/** `next` since Bitcoin Core 29: of the block that is searched for, another one than the tip's at a retarget. */
const MINING = z.object({ next: z.object({ difficulty: z.number().positive() }).optional() });
const STATS = z.object({ height: z.int().min(0), totalfee: z.int().min(0) });
const HEADER = z.object({ height: z.int().min(0), time: z.int() });

function repliesOf(text: string, where: string): readonly Reply[] {
  const read = REPLIES.safeParse(jsonOf(text, where));
  if (!read.success) throw new PortDataError(`${where}: expected the replies of a JSON-RPC batch`);
  return read.data;
}

/**
 * What the replies to a method hold, one at least, each of that shape.
 * @throws PortUnavailableError while the node starts, PortDataError for another error of its own, another shape, or no
 *   reply
 */
function results<Shape extends z.ZodType>(
  replies: readonly Reply[],
  method: string,
  shape: Shape,
  where: string,
): [z.infer<Shape>, ...z.infer<Shape>[]] {
  const [first, ...rest] = replies
    .filter(({ id }) => id.startsWith(`${method}#`))
    .map(({ error, result }): z.infer<Shape> => {
      const read = shape.safeParse(result);
      if ((error === null || error === undefined) && read.success) return read.data;
      const said = `${where}: ${method} answers`;
      if (error?.code === IN_WARMUP) throw new PortUnavailableError(`${said} that it starts: try again in a minute`);
      throw new PortDataError(
        error ? `${said} ${error.code} "${cleanText(error.message, 100)}"` : `${said} ${shapeProblem(read, result)}`,
      );
    });
  if (first === undefined) throw new PortDataError(`${where}: expected a reply to ${method}, found none`);
  return [first, ...rest];
}

function shapeProblem({ error }: z.ZodSafeParseResult<unknown>, found: unknown): string {
  const [issue] = error?.issues ?? [];
  return `another shape, ${issue?.path.join(".")}: ${issue?.message}, found ${foreignValueText(found)}`;
}

/** The network in the kept answers of a node. Pure. @throws PortDataError for what is none, or no synced main chain */
export function parseNodeAnswers(document: RawDocument, contentHash: string): BitcoinNetworkObservation[] {
  const { source, documentId, fetchedAt } = document;
  const where = `${source} document ${documentId}`;
  const [now, fees, first] = answersOf(document, [REPLIES, REPLIES, REPLIES]);
  const [info] = results(now, "getblockchaininfo", INFO, where);
  const [mining] = results(now, "getmininginfo", MINING, where);
  const [header] = results(first, "getblockheader", HEADER, where);
  const stats = results(fees, "getblockstats", STATS, where);
  if (info.chain !== "main")
    throw new PortDataError(`${where}: expected the main chain, found ${cleanText(info.chain)}`);
  if (info.initialblockdownload)
    throw new PortDataError(`${where}: the node still loads the chain: its height and difficulty are old`);
  const strange = stats.find(({ height }) => height > info.blocks || height <= info.blocks - stats.length);
  if (strange !== undefined)
    throw new PortDataError(
      `${where}: expected the fees of the ${stats.length} blocks up to ${info.blocks}, found block ${strange.height}`,
    );
  const total = stats.reduce((sum, { totalfee }) => sum + totalfee, 0);
  return ofMainChain({
    kind: "bitcoin-network",
    source,
    documentId,
    contentHash,
    fetchedAt,
    quality: "PUBLISHED",
    height: info.blocks,
    difficulty: mining.next?.difficulty ?? info.difficulty,
    feesSatsPerBlock: Math.round(total / stats.length),
    tipAt: blockTimeOf(info.time, "time of the newest block", document),
    epochStartedAt: blockTimeOf(header.time, "time of the first block", document),
    observedAt: fetchedAt,
  });
}

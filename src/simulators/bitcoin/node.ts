import type { Chain } from "./chain.ts";

/** What can be wrong with a node. */
export type NodeFault = "starting" | "loading" | "pruned";

interface Call {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: readonly unknown[];
}

interface RpcError {
  readonly code: number;
  readonly message: string;
}

/**
 * Answer of Bitcoin Core's JSON-RPC to one request or a batch of them, as its RPC documentation of version 29 shows
 * each result, JSON-RPC 1.0: `result`, `error` and `id` always there.
 */
export function nodeAnswer(chain: Chain, body: string, fault?: NodeFault): { status: number; text: string } {
  let asked: Call | readonly Call[];
  try {
    asked = JSON.parse(body) as Call | readonly Call[];
  } catch {
    return { status: 500, text: JSON.stringify(replyOf(null, { code: -32_700, message: "Parse error" })) };
  }
  if (!Array.isArray(asked)) {
    const reply = answer(chain, asked as Call, fault);
    return { status: reply.error === null ? 200 : 500, text: JSON.stringify(reply) };
  }
  return { status: 200, text: JSON.stringify(asked.map((one: Call) => answer(chain, one, fault))) };
}

function replyOf(id: unknown, error: RpcError | null, result: unknown = null) {
  return { result, error, id };
}

function answer(chain: Chain, { id = null, method = "", params = [] }: Call, fault?: NodeFault) {
  if (fault === "starting") return replyOf(id, { code: -28, message: "Loading block index…" });
  const made = METHODS[method]?.(chain, params, fault);
  if (made === undefined) return replyOf(id, { code: -32_601, message: "Method not found" });
  return "code" in made ? replyOf(id, made as RpcError) : replyOf(id, null, made["result"]);
}

type Method = (chain: Chain, params: readonly unknown[], fault?: NodeFault) => RpcError | { readonly result: unknown };

const OUT_OF_RANGE: RpcError = { code: -8, message: "Block height out of range" };
const BITS = "17023a04";

const METHODS: Readonly<Record<string, Method>> = {
  getblockchaininfo: (chain, _params, fault) => {
    const tip = chain.tip();
    return {
      result: {
        chain: "main",
        blocks: tip,
        headers: fault === "loading" ? tip + 5_000 : tip,
        bestblockhash: chain.hashOf(tip),
        bits: BITS,
        target: "0000000000000000000000000000000000023a0400000000000000000000000000000000".slice(-64),
        difficulty: chain.difficulty(tip),
        time: chain.timeOf(tip),
        mediantime: chain.timeOf(tip - 5),
        verificationprogress: fault === "loading" ? 0.97 : 0.999998,
        initialblockdownload: fault === "loading",
        chainwork: chain.hashOf(tip * 1000),
        size_on_disk: 748_000_000_000,
        pruned: fault === "pruned",
        warnings: [],
      },
    };
  },
  getmininginfo: (chain) => {
    const tip = chain.tip();
    return {
      result: {
        blocks: tip,
        bits: BITS,
        difficulty: chain.difficulty(tip),
        networkhashps: (chain.difficulty(tip) * 2 ** 32) / 600,
        pooledtx: 24_311,
        blockmintxfee: 0.00001,
        chain: "main",
        next: { height: tip + 1, bits: BITS, difficulty: chain.difficulty(tip + 1) },
        warnings: [],
      },
    };
  },
  getblockhash: (chain, [height]) => (isKnown(chain, height) ? { result: chain.hashOf(height) } : OUT_OF_RANGE),
  getblockheader: (chain, [hash]) => {
    const height = chain.heightOf(String(hash));
    if (!isKnown(chain, height)) return { code: -5, message: "Block not found" };
    return {
      result: {
        hash,
        confirmations: chain.tip() - height + 1,
        height,
        version: 536_870_912,
        time: chain.timeOf(height),
        mediantime: chain.timeOf(height - 5),
        nonce: 2_083_236_893,
        bits: BITS,
        difficulty: chain.difficulty(height),
        nTx: 3_412,
        previousblockhash: chain.hashOf(height - 1),
      },
    };
  },
  getblockstats: (chain, [height, wanted], fault) => {
    if (!isKnown(chain, height))
      return { code: -8, message: `Target block height ${String(height)} after current tip` };
    if (fault === "pruned") return { code: -1, message: "Block not available (pruned data)" };
    const all: Readonly<Record<string, unknown>> = {
      blockhash: chain.hashOf(height),
      height,
      subsidy: chain.subsidySats(height),
      time: chain.timeOf(height),
      totalfee: chain.feesSats(height),
      txs: 3_412,
    };
    if (!Array.isArray(wanted)) return { result: all };
    return { result: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))) };
  },
};

function isKnown(chain: Chain, height: unknown): height is number {
  return typeof height === "number" && height >= 0 && height <= chain.tip();
}

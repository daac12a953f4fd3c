import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ChainOptions, chainOf } from "./chain.ts";
import { coinbaseTicker, krakenTicker } from "./exchanges.ts";
import { explorerAnswer } from "./explorer.ts";
import { nodeAnswer, type NodeFault } from "./node.ts";

export interface BitcoinSimulatorOptions extends ChainOptions {
  /** `user:password` that the node takes, by HTTP Basic. */
  readonly credentials: string;
  /** Price of a bitcoin at an exchange at a market time, $. */
  readonly usdPerBtc: (exchange: "coinbase" | "kraken", atMs: number) => number;
  /** What is wrong with the node, asked at every request. */
  readonly nodeFault?: () => NodeFault | undefined;
  /** Status that every path but the node's is answered with, asked at every request; 200. */
  readonly status?: (path: string) => number | undefined;
}

export interface BitcoinSimulator {
  /** `http://127.0.0.1:<port>`: node (POST), explorer and both exchanges, by their paths. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stand-ins for a Bitcoin node's JSON-RPC, an explorer with mempool.space's API, Coinbase Exchange and Kraken, over
 * HTTP. What they answer is a function of market time alone.
 */
export async function startBitcoinSimulator(options: BitcoinSimulatorOptions): Promise<BitcoinSimulator> {
  const chain = chainOf(options);
  const { clock, credentials, usdPerBtc, nodeFault, status } = options;
  const taken = `Basic ${Buffer.from(credentials).toString("base64")}`;

  function page(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const nowMs = clock.nowMs();
    const code = status?.(pathname) ?? 200;
    const answer =
      pathname === "/products/BTC-USD/ticker"
        ? coinbaseTicker(usdPerBtc("coinbase", nowMs), nowMs)
        : pathname === "/0/public/Ticker"
          ? krakenTicker(searchParams.get("pair"), usdPerBtc("kraken", nowMs))
          : explorerAnswer(chain, pathname, nowMs);
    if (answer === undefined || code !== 200) return void response.writeHead(answer === undefined ? 404 : code).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    if (request.method !== "POST") return page(request, response);
    if (request.headers.authorization !== taken) {
      request.resume();
      return void response.writeHead(401, { "www-authenticate": 'Basic realm="jsonrpc"' }).end();
    }
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { status: code, text } = nodeAnswer(chain, Buffer.concat(parts).toString("utf8"), nodeFault?.());
      response.writeHead(code, { "content-type": "application/json" }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

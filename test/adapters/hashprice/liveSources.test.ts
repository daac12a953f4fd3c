import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bitcoinExplorer } from "../../../src/adapters/hashprice/bitcoinExplorer.ts";
import { bitcoinNode } from "../../../src/adapters/hashprice/bitcoinNode.ts";
import { coinbase } from "../../../src/adapters/hashprice/coinbase.ts";
import { kraken } from "../../../src/adapters/hashprice/kraken.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";
import { closeBitcoin, CREDENTIALS, readAt, simulateBitcoin } from "../../simulators/bitcoin/market.ts";
import { HandClock } from "../../simulators/ercot/market.ts";

const POINT = { settlementPoint: "HB_WEST", settlementPointType: "HU" };
const EVENING = "2026-08-18T18:00:20-05:00";
const folder = mkdtempSync(join(tmpdir(), "ballast-node-"));
const cookieFile = join(folder, ".cookie");
const auth = { cookieFile };
beforeAll(() => writeFileSync(cookieFile, `${CREDENTIALS.user}:${CREDENTIALS.password}`));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(closeBitcoin);

const clock = new HandClock(EVENING);
const nodeAt = (baseUrl: string, changes = {}) =>
  bitcoinNode.open({ ...bitcoinNode.usual, ...POINT, baseUrl, auth, ...changes });

describe("a Bitcoin node's JSON-RPC", () => {
  it("gives height, difficulty and the mean fees of 144 blocks, with the times of the newest and the first block", async () => {
    const { url } = await simulateBitcoin({ clock });
    expect(await readAt(nodeAt(url), EVENING)).toEqual([
      expect.objectContaining({
        kind: "bitcoin-network",
        height: 963_104,
        difficulty: 127_480_000_000_000,
        // 72 blocks of 3,500,000 and 72 of 3,600,000
        feesSatsPerBlock: 3_550_000,
        tipAt: parseInstant("2026-08-18T17:58:20-05:00"),
        // 963,104 is block 1,472 of its 2,016
        epochStartedAt: parseInstant("2026-08-08T12:38:20-05:00"),
        observedAt: parseInstant(EVENING),
      }),
    ]);
  });

  it("gives the difficulty of the block that is searched for, where the newest was the last of the old one", async () => {
    // 963,647 is the last of its difficulty
    const difficulty = (height: number) => (height < 963_648 ? 127e12 : 131e12);
    const { url } = await simulateBitcoin({ clock, anchorHeight: 963_647, difficulty });
    expect(await readAt(nodeAt(url), EVENING)).toMatchObject([{ height: 963_647, difficulty: 131e12 }]);
  });

  it("takes a user of rpcauth from environment and file; wrong ones are refused, and no message says them", async () => {
    const { url } = await simulateBitcoin({ clock });
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, `${CREDENTIALS.password}\n`);
    vi.stubEnv("BALLAST_BITCOIN_USER", CREDENTIALS.user);
    const user = { username: { env: "BALLAST_BITCOIN_USER" }, password: { file: passwordFile } };
    expect(await readAt(nodeAt(url, { auth: user }), EVENING)).toHaveLength(1);
    writeFileSync(passwordFile, "another-secret");
    const refused = await readAt(nodeAt(url, { auth: user }), EVENING).catch((error: unknown) => error as Error);
    vi.unstubAllEnvs();
    expect(refused).toMatchObject({ name: "PortDataError", message: expect.stringMatching(/status 401/) });
    expect(String((refused as Error).stack)).not.toMatch(/another-secret|YmFsbGFzdD/);
  });

  it("keeps no credential in its document, its id or its line for a person", async () => {
    const { url } = await simulateBitcoin({ clock });
    const feed = nodeAt(url);
    const { documents } = await feed.poll(undefined, clock.at);
    const settings = { ...bitcoinNode.usual, ...POINT, baseUrl: url, auth };
    const told = [
      ...documents.map(({ bytes }) => Buffer.from(bytes).toString()),
      feed.feedId,
      bitcoinNode.describe(settings),
    ];
    expect(told.join("\n")).not.toContain(CREDENTIALS.password);
    expect(feed.feedId).toBe(`bitcoin-network/node/${new URL(url).host}`);
  });

  it.each([
    ["starting", "PortUnavailableError", /getblockchaininfo answers that it starts/],
    ["loading", "PortDataError", /the node still loads the chain/],
    ["pruned", "PortDataError", /getblockstats answers -1 "Block not available \(pruned data\)"/],
  ] as const)("that is %s is no source", async (fault, name, message) => {
    const { url } = await simulateBitcoin({ clock, nodeFault: () => fault });
    await expect(readAt(nodeAt(url), EVENING)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it("without its cookie names the file", async () => {
    await expect(
      readAt(nodeAt("http://127.0.0.1:1", { auth: { cookieFile: "/none/.cookie" } }), EVENING),
    ).rejects.toThrow(/auth\.cookieFile: the file \/none\/\.cookie cannot be read \(ENOENT\)/);
  });

  it("far away is asked over https alone, and never with credentials in the address", () => {
    const problems = (baseUrl: string) =>
      bitcoinNode
        .problems?.(
          { ...bitcoinNode.usual, baseUrl },
          {
            ...POINT,
            gridSource: "feed",
            staleness: { scedPriceSeconds: 600, gridConditionSeconds: 300, hashpriceSeconds: 3_600 },
          },
        )
        .map(({ message }) => message);
    expect(problems("http://203.0.113.5:8332")).toEqual(["would carry credentials in the clear"]);
    expect(problems("http://192.168.4.2:8332")).toEqual([]);
    expect(problems("https://me:secret@node.example")).toEqual(["has a user, a password, a query or a fragment"]);
    expect(problems("https://node.example/testnet4")).toEqual(["has the path /testnet4"]);
  });
});

describe("an explorer with mempool.space's API", () => {
  it("says the same as the node of the same chain", async () => {
    const { url } = await simulateBitcoin({ clock });
    const explorer = bitcoinExplorer.open({ ...bitcoinExplorer.usual, ...POINT, baseUrl: `${url}/` });
    const [seen] = await readAt(explorer, EVENING);
    const [own] = await readAt(nodeAt(url), EVENING);
    const { documentId: _id, source: _source, ...figures } = own!;
    expect(seen).toMatchObject(figures);
  });

  it("is read without the time of its last adjustment, and refused without a difficulty", () => {
    const document = (blocks: object): RawDocument => ({
      source: "bitcoin/explorer",
      documentId: "d",
      fetchedAt: parseInstant(EVENING),
      contentType: "application/json",
      bytes: Buffer.from(
        JSON.stringify({
          answers: [
            [blocks],
            { startBlock: 963_001, endBlock: 963_104, totalReward: "1", totalFee: "26000", totalTx: "9" },
            { timeAvg: 600_000 },
          ].map((one) => JSON.stringify(one)),
        }),
      ),
    });
    const block = { height: 963_104, timestamp: 1_787_090_655, difficulty: 1e14 };
    const [read] = bitcoinExplorer.read(document(block), "hash", POINT);
    expect(read).toMatchObject({ feesSatsPerBlock: 250 });
    expect(read).not.toHaveProperty("epochStartedAt");
    expect(() => bitcoinExplorer.read(document({ height: 963_104, timestamp: 1_787_090_655 }), "hash", POINT)).toThrow(
      /document d, answer 1: 0\.difficulty: /,
    );
  });
});

describe("what cannot be of Bitcoin's main chain is no network", () => {
  const fetchedAt = parseInstant(EVENING);
  const epoch = Date.parse(EVENING) / 1000;
  const kept = (source: string, answers: readonly unknown[]): RawDocument => ({
    source,
    documentId: "d",
    fetchedAt,
    contentType: "application/json",
    bytes: Buffer.from(JSON.stringify({ answers: answers.map((one) => JSON.stringify(one)) })),
  });
  const explored = (block: object, rewards: object = {}) => {
    const tip = { height: 963_104, timestamp: epoch - 120, difficulty: 1.2748e14, ...block };
    const paid = { startBlock: tip.height - 143, endBlock: tip.height, totalFee: "511200000", ...rewards };
    return bitcoinExplorer.read(kept("bitcoin/explorer", [[tip], paid, {}]), "hash", POINT);
  };

  it.each([
    ["a test chain's height", { height: 120_000 }, {}, /expected a height .* found 120000: is it another chain\?/],
    ["a test chain's difficulty", { difficulty: 1 }, {}, /expected a difficulty .* found 1:/],
    ["a difficulty that no chain has", { difficulty: 1e30 }, {}, /found 1e\+30/],
    ["6,944 BTC of fees a block", {}, { totalFee: "99999999999999" }, /mean fees/],
    ["the fees of other days", {}, { startBlock: 800_001, endBlock: 800_144 }, /up to 963104, found those from 800001/],
    ["the fees of one block", {}, { startBlock: 963_104 }, /expected the fees of the 144 blocks/],
  ])("an explorer that tells %s", (_what, block, rewards, message) => {
    expect(() => explored(block, rewards)).toThrow(message);
  });

  it("a block's own time may lie two hours ahead, as Bitcoin allows: it counts as of the fetch", () => {
    expect(explored({ timestamp: epoch + 3_000 })).toMatchObject([{ tipAt: fetchedAt }]);
    expect(() => explored({ timestamp: epoch + 7_300 })).toThrow(/ahead of market time/);
  });

  it("a node that gives the fees of other blocks than were asked for", () => {
    const info = { chain: "main", blocks: 963_104, difficulty: 1.2748e14, time: epoch, initialblockdownload: false };
    const reply = (method: string, result: unknown) => ({ id: `${method}#0`, result });
    const read = (height: number) =>
      bitcoinNode.read(
        kept("bitcoin/node", [
          [reply("getblockchaininfo", info), reply("getmininginfo", {})],
          [reply("getblockstats", { height, totalfee: 3_500_000 })],
          [reply("getblockheader", { height: 961_632, time: epoch - 900_000 })],
        ]),
        "hash",
        { ...bitcoinNode.usual, ...POINT },
      );
    expect(read(963_104)).toMatchObject([{ feesSatsPerBlock: 3_500_000 }]);
    expect(() => read(5)).toThrow(/up to 963104, found block 5/);
  });
});

describe("exchanges", () => {
  it("Coinbase gives its last trade with the trade's time, Kraken its own as of the poll", async () => {
    const { url } = await simulateBitcoin({ clock });
    expect(await readAt(coinbase.open({ ...coinbase.usual, ...POINT, baseUrl: url }), EVENING)).toMatchObject([
      { kind: "btc-price", usdPerBtc: "78456.69", observedAt: parseInstant(EVENING) },
    ]);
    expect(
      await readAt(kraken.open({ ...kraken.usual, ...POINT, baseUrl: url }), "2026-08-18T18:00:25-05:00"),
    ).toMatchObject([{ usdPerBtc: "78501.70000", observedAt: parseInstant("2026-08-18T18:00:25-05:00") }]);
  });

  it.each([
    [503, "PortUnavailableError", /status 503; try again in 30 s/],
    [429, "PortUnavailableError", /status 429/],
    [418, "PortDataError", /expected status 200, found 418/],
  ])("that answer %d are asked again later, or not believed", async (status, name, message) => {
    const { url } = await simulateBitcoin({ clock, status: () => status });
    const feed = coinbase.open({ ...coinbase.usual, ...POINT, baseUrl: url });
    await expect(readAt(feed, EVENING)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it("that are not there are unavailable", async () => {
    const feed = kraken.open({ ...kraken.usual, ...POINT, baseUrl: "http://127.0.0.1:1" });
    await expect(readAt(feed, EVENING)).rejects.toMatchObject({ name: "PortUnavailableError" });
  });

  it.each([
    [
      "a price of another unit",
      '{"price":"0.78","time":"2026-08-18T23:00:00Z"}',
      /expected \$ for a bitcoin from 1000/,
    ],
    ["no price", '{"message":"NotFound"}', /answer 1: price: /],
    ["a page", "<html>", /answer 1: expected JSON, found/],
    ["a trade of tomorrow", '{"price":"78456.69","time":"2026-08-19T23:00:00Z"}', /ahead of market time/],
  ])("refuse %s", (_what, answer, message) => {
    const document: RawDocument = {
      source: coinbase.source,
      documentId: "d",
      fetchedAt: parseInstant(EVENING),
      contentType: "application/json",
      bytes: Buffer.from(JSON.stringify({ answers: [answer] })),
    };
    expect(() => coinbase.read(document, "hash", POINT)).toThrow(message);
  });

  it("Kraken's price in euros is no price in dollars", () => {
    const answer = '{"error":[],"result":{"XXBTZEUR":{"c":["72100.0","0.1"]}}}';
    const document = {
      source: kraken.source,
      documentId: "d",
      fetchedAt: parseInstant(EVENING),
      contentType: "",
      bytes: Buffer.from(JSON.stringify({ answers: [answer] })),
    };
    expect(() => kraken.read(document, "hash", POINT)).toThrow(/expected the pair XXBTZUSD, found XXBTZEUR/);
  });

  it("an error of Kraken's own is told in its words", () => {
    const bytes = Buffer.from(JSON.stringify({ answers: ['{"error":["EGeneral:Too many requests"]}'] }));
    const document = {
      source: kraken.source,
      documentId: "d",
      fetchedAt: parseInstant(EVENING),
      contentType: "",
      bytes,
    };
    expect(() => kraken.read(document, "hash", POINT)).toThrow(/Kraken answers "EGeneral:Too many requests"/);
  });
});

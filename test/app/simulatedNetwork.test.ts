import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { startWorld, type World } from "../../src/app/session/world.ts";
import { feedSource } from "../../src/app/worker/registries.ts";
import type { BitcoinNetworkObservation } from "../../src/domain/inputs/bitcoinNetwork.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const AT = "2026-08-18T17:56:00-05:00";
const folder = mkdtempSync(join(tmpdir(), "ballast-network-"));
const cookieFile = join(folder, ".cookie");
const credentials = "__cookie__:of-this-run";
let world: World;

beforeAll(async () => {
  writeFileSync(cookieFile, `${credentials}\n`);
  world = await startWorld({
    startAt: AT,
    speed: 1,
    initialHolds: ["start"],
    prices: demoPrices(),
    bitcoin: { credentials, cookieFile },
    ...simulatedSite(await site()),
    seed: 1,
  });
});

afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true });
});

const site = async () =>
  smallSite({ config: "config/replay-network.yaml", day: "2026-08-18", net: await freeNet(), machinesPerCohort: 2 });

/** What the first poll of a feed reads. */
const read = async (feed: Parameters<typeof feedSource>[0]) => {
  const source = feedSource(feed).open(feed as never);
  const { documents } = await source.poll(undefined, parseInstant(AT));
  return documents.flatMap((document) => source.parse(document, "hash"));
};

it("in a simulated world each feed is read of its own party: network, explorer and exchanges beside ERCOT", async () => {
  const { feeds } = inWorld(await site(), world.addresses);
  const by = (party: string) => feeds.filter(({ use }) => use.startsWith(`${party}/`));
  const [node, explorer] = (await Promise.all(by("bitcoin").map(read))).flat() as BitcoinNetworkObservation[];
  // 122,536 blocks of ten minutes after that of the halving of 2024
  expect(node).toMatchObject({ kind: "bitcoin-network", height: 962_536, feesSatsPerBlock: 3_550_000 });
  expect(explorer).toMatchObject({ height: node!.height, difficulty: node!.difficulty });
  expect((await Promise.all(by("exchange").map(read))).flat()).toMatchObject([
    { kind: "btc-price", usdPerBtc: "78456.69" },
    { kind: "btc-price", usdPerBtc: "78501.70000" },
  ]);
  const page = feeds.find(({ use }) => use.endsWith("/daily-prc"));
  expect(await read(page!)).toMatchObject([{ kind: "grid-condition" }]);
});

it("in a simulated world nothing of ERCOT is read over the account of the site's Public API", async () => {
  const deployment = await site();
  const api = {
    baseUrl: "https://api.ercot.com/api/public-reports",
    password: { file: "/etc/ballast/ercot-password" },
  };
  const ofErcot = deployment.feeds.filter(({ use }) => use.startsWith("ercot/"));
  const feeds = ofErcot.map((feed) => ({ ...feed, api }) as typeof feed);
  expect(JSON.stringify(inWorld({ ...deployment, feeds }, world.addresses).feeds)).not.toContain("ercot.com");
});

it("a feed of a party that nobody stands in for is refused, not sent to ERCOT's stand-in", async () => {
  const deployment = await site();
  const { bitcoin: _none, ...addresses } = world.addresses;
  expect(() => inWorld(deployment, addresses)).toThrow("No simulator was started for the feed bitcoin/node");
});

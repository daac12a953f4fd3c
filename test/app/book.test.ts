import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices } from "../../src/app/session/demoDay.ts";
import { type LocalBookRun, startLocalBook } from "../../src/app/session/localRun.ts";
import { simulatedBook } from "../../src/app/session/simulatedSite.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const at = (time: string): Instant => wallToInstant({ day: DEMO_DAY, time, repeatedHour: false });
const folder = mkdtempSync(join(tmpdir(), "ballast-book-"));
const decisions = new Map<string, readonly DecisionRecord[]>();
let run: LocalBookRun;

/** The example site under another name, at another point, at another net, with what a test changes in its plan. */
function sister(
  site: Deployment,
  siteId: string,
  net: number,
  { plan: own = {}, feeds = site.feeds }: { plan?: Partial<Deployment["plan"]>; feeds?: Deployment["feeds"] },
): Deployment {
  const plan = { ...site.plan, ...own, siteId };
  return {
    ...site,
    plan,
    planHash: planHashOf(plan),
    feeds,
    machines: site.machines.map((machine) => ({
      ...machine,
      host: machine.host.replace(/^127\.\d+\./, `127.${net}.`),
    })),
    contracts: site.contracts.map((one) => ({ ...one, contractId: `${siteId}-${one.contractId}` })),
  };
}

const LIMITS = { north: 420, twin: 600, south: 900 };

/** Three sites that run, two of them at one point, and one whose machines have a driver that does not exist. */
async function book(): Promise<Deployment[]> {
  const net = await freeNet();
  const site = smallSite({ day: DEMO_DAY, net, machinesPerCohort: 1 });
  const staleness = (scedPriceSeconds: number) => ({ ...site.plan.staleness, scedPriceSeconds });
  const zone = { settlementPoint: "LZ_WEST", settlementPointType: "LZ" };
  const broken = sister(site, "broken", net + 3, {});
  return [
    sister(site, "north", net, { plan: { staleness: staleness(LIMITS.north) } }),
    { ...broken, machines: broken.machines.map((machine) => ({ ...machine, driver: "steam" })) },
    sister(site, "twin", net + 1, { plan: { staleness: staleness(LIMITS.twin) } }),
    sister(site, "south", net + 2, {
      plan: { ...zone, staleness: staleness(LIMITS.south) },
      feeds: site.feeds.map((feed) => ({
        ...feed,
        ...("settlementPoint" in feed ? zone : {}),
        ...("usdPerPhDay" in feed ? { usdPerPhDay: "60.00" } : {}),
      })),
    }),
  ];
}

describe("a book of sites in one process and one database", () => {
  beforeAll(async () => {
    const deployments = await book();
    run = await startLocalBook({
      dataDir: join(folder, "run"),
      book: { bookId: "west-texas", deployments },
      onProgress: () => undefined,
      world: {
        startAt: at("19:35:00"),
        speed: null,
        prices: demoPrices(),
        seed: DEMO_SEED,
        ...simulatedBook(deployments),
      },
    });
    await Promise.race([run.clock.waitUntil("~test", at("19:52:00")), run.stack.failure]);
    const store = postgresDecisionStore(run.pool);
    for (const { plan } of deployments)
      decisions.set(plan.siteId, await store.between(plan.siteId, at("19:35:00"), at("19:52:00")));
  }, 120_000);

  afterAll(async () => {
    await run?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const last = (siteId: string): DecisionRecord => decisions.get(siteId)?.at(-1) as DecisionRecord;
  const prices = (siteId: string) => last(siteId).input.scedRuns.map(({ lmpUsdPerMwh }) => lmpUsdPerMwh);

  it("decides for each site by the prices of its own point: the hub's at two, the zone's at the third", () => {
    expect(prices("north").length).toBeGreaterThan(1);
    expect(prices("twin")).toEqual(prices("north"));
    expect(prices("south")).not.toEqual(prices("north"));
  });

  it("gives each site the hashprice that it is configured with", () => {
    expect(["north", "twin", "south"].map((siteId) => last(siteId).input.hashprice?.usdPerPhDay)).toEqual([39, 39, 60]);
  });

  it("reads what two sites share once, and tells both", async () => {
    const cursors = await query<{ feed_id: string }>(run.pool, "SELECT feed_id FROM feed_cursor ORDER BY 1", []);
    const ids = cursors.map(({ feed_id }) => feed_id);
    expect(ids.filter((id) => id.includes("HB_WEST")).length).toBeGreaterThan(0);
    expect(ids.filter((id) => id.includes("HB_WEST")).length).toBe(ids.filter((id) => id.includes("LZ_WEST")).length);
    expect(ids.filter((id) => id.startsWith("hashprice"))).toHaveLength(2);
    expect(ids.filter((id) => id.startsWith("grid"))).toHaveLength(1);
  });

  it("lets no site down for the one whose driver does not exist: that one is named and decides nothing", () => {
    expect([...decisions].map(([siteId, records]) => [siteId, records.length > 0])).toEqual([
      ["north", true],
      ["broken", false],
      ["twin", true],
      ["south", true],
    ]);
    expect(run.unserved).toEqual([{ siteId: "broken", problem: expect.stringContaining('names driver "steam"') }]);
  });
});

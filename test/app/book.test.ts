import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresCommandFreezes } from "../../src/adapters/postgres/commandFreezes.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices } from "../../src/app/session/demoDay.ts";
import { inWorld, type LocalBookRun, startLocalBook } from "../../src/app/session/localRun.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import { sendOrder, sendRetirement } from "../../src/app/operator/operatorOrders.ts";
import type { OperatorLink } from "../../src/app/worker/siteRequest.ts";
import { addSite } from "../../src/app/system/addSite.ts";
import { takeOutOfService } from "../../src/app/system/retireSite.ts";
import { readRunFile } from "../../src/app/system/runFolder.ts";
import { feedsWaiting } from "../../src/app/system/watches.ts";
import { simulatedBook } from "../../src/app/session/simulatedSite.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import { startBallast } from "./cliSupport.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const at = (time: string): Instant => wallToInstant({ day: DEMO_DAY, time, repeatedHour: false });
const folder = mkdtempSync(join(tmpdir(), "ballast-book-"));
const decisions = new Map<string, readonly DecisionRecord[]>();
let run: LocalBookRun;
let gateway: ChildProcess | undefined;

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

/**
 * Three sites that run, two of them at one point; one whose machines have a driver that does not exist; and one that
 * joins later.
 */
async function book(): Promise<{ deployments: Deployment[]; joining: Deployment }> {
  const net = await freeNet(5);
  const site = smallSite({ day: DEMO_DAY, net, machinesPerCohort: 1 });
  const staleness = (scedPriceSeconds: number) => ({ ...site.plan.staleness, scedPriceSeconds });
  const zone = { settlementPoint: "LZ_WEST", settlementPointType: "LZ" };
  const broken = sister(site, "broken", net + 3, {});
  const deployments = [
    sister(site, "north", net, { plan: { staleness: staleness(LIMITS.north) } }),
    { ...broken, machines: broken.machines.map((machine) => ({ ...machine, driver: "steam" })) },
    sister(site, "twin", net + 1, { plan: { staleness: staleness(LIMITS.twin) } }),
    // reached through a gateway alone
    Object.assign(
      sister(site, "south", net + 2, {
        plan: { ...zone, staleness: staleness(LIMITS.south) },
        feeds: site.feeds.map((feed) => ({
          ...feed,
          ...("settlementPoint" in feed ? zone : {}),
          ...("usdPerPhDay" in feed ? { usdPerPhDay: "60.00" } : {}),
        })),
      }),
      { hasGateway: true as const },
    ),
  ];
  return { deployments, joining: sister(site, "joining", net + 4, {}) };
}

describe("a book of sites in one process and one database", () => {
  beforeAll(async () => {
    const { deployments, joining } = await book();
    run = await startLocalBook({
      dataDir: join(folder, "run"),
      book: { bookId: "west-texas", deployments },
      onProgress: () => undefined,
      world: {
        startAt: at("19:35:00"),
        speed: null,
        prices: demoPrices(),
        seed: DEMO_SEED,
        ...simulatedBook([...deployments, joining]),
      },
    });
    gateway = startBallast(["gateway", "south", "--run", run.stack.dataDir]);
    await Promise.race([run.clock.waitUntil("~test", at("19:52:00")), run.stack.failure]);
    const store = postgresDecisionStore(run.pool);
    for (const { plan } of deployments)
      decisions.set(plan.siteId, await store.between(plan.siteId, at("19:35:00"), at("19:52:00")));
    const added = inWorld(joining, run.addresses);
    const grown = await addSite(run.stack.dataDir, run, added, { actor: "maria", reason: "energized" });
    await feedsWaiting(grown, run.addresses.clockUrl, join(folder, "run", "logs"));
    await Promise.race([run.clock.waitUntil("~test", at("20:01:00")), run.stack.failure]);
    for (const siteId of ["joining", "north"])
      decisions.set(`${siteId} later`, await store.between(siteId, at("19:52:00"), at("20:01:00")));
    await sendOrder({ ...twin(), siteId: "south" }, { action: "curtail", until: "+1h", reason: "line work" });
    const { retiredAt } = await sendRetirement(twin(), { reason: "lease ended" });
    await takeOutOfService(run.stack.dataDir, run, "twin");
    await Promise.race([run.clock.waitUntil("~test", at("20:11:00")), run.stack.failure]);
    for (const siteId of ["twin", "north"])
      decisions.set(`${siteId} last`, await store.between(siteId, retiredAt, at("20:11:00")));
  }, 240_000);

  const twin = (): OperatorLink => ({
    client: run.client,
    clock: run.clock,
    siteId: "twin",
    actor: "maria",
    privateKeyPem: scriptKey(run.stack.dataDir, "maria"),
    retired: readRunFile(run.stack.dataDir).retired?.[0],
  });

  afterAll(async () => {
    gateway?.kill();
    await run?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const last = (siteId: string): DecisionRecord => decisions.get(siteId)?.at(-1) as DecisionRecord;
  const prices = (siteId: string) => last(siteId).input.facts.scedRuns.map(({ lmpUsdPerMwh }) => lmpUsdPerMwh);

  it("decides for each site by the prices of its own point: the hub's at two, the zone's at the third", () => {
    expect(prices("north").length).toBeGreaterThan(1);
    expect(prices("twin")).toEqual(prices("north"));
    expect(prices("south")).not.toEqual(prices("north"));
  });

  it("gives each site the hashprice that it is configured with", () => {
    expect(["north", "twin", "south"].map((siteId) => last(siteId).input.facts.hashprice?.usdPerPhDay)).toEqual([
      39, 39, 60,
    ]);
  });

  it("reads what two sites share once, and tells both", async () => {
    const cursors = await query<{ feed_id: string }>(run.pool, "SELECT feed_id FROM feed_cursor ORDER BY 1", []);
    const ids = cursors.map(({ feed_id }) => feed_id);
    expect(ids.filter((id) => id.includes("HB_WEST")).length).toBeGreaterThan(0);
    expect(ids.filter((id) => id.includes("HB_WEST")).length).toBe(ids.filter((id) => id.includes("LZ_WEST")).length);
    expect(ids.filter((id) => id.startsWith("hashprice"))).toHaveLength(2);
    expect(ids.filter((id) => id.startsWith("grid-condition"))).toHaveLength(1);
  });

  it("takes a site in while it runs: from the next run on it decides by its price, hashprice and grid level; the others go on", async () => {
    const [joined, north] = ["joining later", "north later"].map((name) => decisions.get(name) ?? []);
    const runs = (records: readonly DecisionRecord[] = []) => records.at(-1)?.input.facts.scedRuns.at(-1);
    expect(runs(joined)).toEqual(runs(north));
    expect(joined?.[0]?.input.facts).toMatchObject({
      hashprice: { usdPerPhDay: 39 },
      grid: { level: north?.[0]?.input.facts.grid.level },
    });
    expect(north?.length).toBeGreaterThan(0);
    const changes = await query(run.pool, "SELECT site_id, actor, reason FROM site_change ORDER BY change_no", []);
    expect(changes.map((row) => Object.values(row))).toEqual([
      ["north", "ballast", "in the book as it was started"],
      ["twin", "ballast", "in the book as it was started"],
      ["south", "ballast", "in the book as it was started"],
      ["joining", "maria", "energized"],
      ["twin", "maria", "lease ended"],
    ]);
  });

  it("retires a site while it runs: it decides nothing more, is commanded and asked nothing more, and its run has ended; its twin goes on", async () => {
    expect(decisions.get("twin last")?.map(({ input }) => input.asOf) ?? []).toEqual([]);
    expect(decisions.get("north last")?.at(-1)?.input.facts.scedRuns.length).toBeGreaterThan(0);
    const { status } = await run.client.workflow.getHandle(workflowIds.site("twin")).describe();
    expect(status.name).toBe("COMPLETED");
    await expect(sendOrder(twin(), { action: "run", until: "+1h", reason: "heat" })).rejects.toThrow(
      /^site twin is retired, by maria at .*: lease ended$/,
    );
    expect(await postgresCommandFreezes(run.pool).inForce("twin")).toMatchObject([
      { actor: "maria", reason: "retired: lease ended" },
    ]);
  });

  it("reaches the machines of a site that has a gateway through that process alone, and those of the others itself", async () => {
    const tookUp = async (workflowId: string, types: readonly string[]): Promise<(string | undefined)[]> => {
      const { events = [] } = await run.client.workflow.getHandle(workflowId).fetchHistory();
      const asked = new Map(
        events?.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes]),
      );
      return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => {
        const type = asked.get(String(started?.scheduledEventId))?.activityType?.name ?? "";
        return started && types.includes(type) ? [started.identity?.split("/").at(-1)] : [];
      });
    };
    const commanding = ["openDispatch", "commandBatch", "measureResponse", "readBackBatch"];
    const commanded = await tookUp(workflowIds.dispatch("south", 1), commanding);
    expect(commanded.length).toBeGreaterThanOrEqual(commanding.length);
    expect(new Set(commanded)).toEqual(new Set([String(gateway?.pid)]));
    expect(await tookUp(workflowIds.dispatch("south", 1), ["closeDispatch"])).not.toContain(String(gateway?.pid));
    const [verdict] = await query(run.pool, "SELECT outcome FROM response_verdict WHERE site_id = 'south'", []);
    expect(verdict).toEqual({ outcome: "confirmed" });
    const surveyed = await tookUp(workflowIds.site("north"), ["surveyFleet"]);
    expect(surveyed).toHaveLength(1);
    expect(surveyed).not.toContain(String(gateway?.pid));
  });

  it("gives the id of a retired site to no other", async () => {
    const other = run.book.deployments.find(({ plan }) => plan.siteId === "twin") as Deployment;
    await expect(addSite(run.stack.dataDir, run, other, { actor: "maria", reason: "new lease" })).rejects.toThrow(
      /^site twin is retired, .*add the site under another id$/,
    );
  });

  it("lets no site down for the one whose driver does not exist: that one is named and decides nothing", () => {
    expect(["north", "broken", "twin", "south"].map((siteId) => [siteId, last(siteId) !== undefined])).toEqual([
      ["north", true],
      ["broken", false],
      ["twin", true],
      ["south", true],
    ]);
    expect(run.unserved).toEqual([{ siteId: "broken", problem: expect.stringContaining('names driver "steam"') }]);
  });
});

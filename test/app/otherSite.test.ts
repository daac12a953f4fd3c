import { Client, Connection } from "@temporalio/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimForBook, migrate } from "../../src/adapters/postgres/migrate.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { postgresRetirements } from "../../src/adapters/postgres/bookSites.ts";
import { deliveringHold } from "../../src/app/worker/siteGateway.ts";
import { resumeSites, siteGatewayOf, wireActivities, type Wiring } from "../../src/app/worker/wire.ts";
import { taskQueueOf } from "../../src/app/worker/workerSettings.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { createClockKeeper } from "../../src/simulators/clock/keeper.ts";
import { startClockServer } from "../../src/simulators/clock/server.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import { asActivity } from "../faults/marketBench.ts";
import { testDatabase, type TestDatabase, testTemporal } from "../support/stack.ts";
import { smallSite } from "./smallSite.ts";

const site = smallSite({ day: "2026-08-18", net: 59, machinesPerCohort: 2 });
const cohort = site.plan.cohorts[0]!;
const AT = "2026-08-18T15:00:00Z" as Instant;

let connection: Connection;
let databases: TestDatabase[];
let pool: Pool;
let wiring: Wiring;

beforeAll(async () => {
  const { address, namespace } = testTemporal();
  connection = await Connection.connect({ address });
  databases = await Promise.all([testDatabase(), testDatabase()]);
  pool = createPool(databases[0]!.appUrl as string, 3);
  wiring = {
    deployments: [site],
    client: new Client({ connection, namespace }),
    taskQueue: taskQueueOf(site.plan.siteId),
    pool,
    clock: { kind: "real" },
    log: { info() {}, warn() {}, error() {} },
    signingKeyFile: "signing.pem",
    operatorsFile: "operators.json",
    stopInputKeysFolder: "/nowhere",
  };
});

afterAll(async () => {
  await pool.end();
  await connection.close();
  await Promise.all(databases.map((database) => database.drop()));
});

describe("a worker asked for a site that is not its own", () => {
  const revision = 1;
  const batch = { cohortId: cohort.cohortId, modeId: "off", spans: [{ from: 0, to: 110 }] };
  const target = {
    cohortId: cohort.cohortId,
    modeId: "off",
    point: { kind: "off" as const },
    machines: 110,
    expectedW: 0,
    restores: false,
  };

  it.each([
    ["survey its machines", "surveyFleet", { siteId: "elsewhere" }],
    ["command 110 of its machines", "commandBatch", { siteId: "elsewhere", revision, attempt: 0, batch, target }],
    ["read 110 of its machines back", "readBackBatch", { siteId: "elsewhere", revision, attempt: 0, batch, target }],
  ] as const)("to %s fails and names the site", async (_what, activity, input) => {
    const run = wireActivities(wiring)[activity] as (order: unknown) => Promise<unknown>;
    await expect(asActivity(() => run(input))).rejects.toThrow(/Site elsewhere (is not|has no machines)/);
  });

  it("to command more machines of its own than it knows fails, whatever the batch says", async () => {
    const { siteId } = site.plan;
    await expect(
      asActivity(() => wireActivities(wiring).commandBatch({ siteId, revision, attempt: 0, batch, target })),
    ).rejects.toThrow(/machines 1 to 110 of cohort .*configuration has 2/);
  });

  it("to tell it a price fails, even where that site runs on the same namespace", async () => {
    const gateway = siteGatewayOf(wiring);
    const news = { kind: "wake" as const, id: "wake/1", at: AT };
    await expect(gateway.deliver("elsewhere", news)).rejects.toThrow("Site elsewhere is not in this worker's");
    await expect(gateway.wakeAt("elsewhere", AT)).rejects.toThrow("Site elsewhere is not in this worker's");
    await expect(
      gateway.settleAgain("elsewhere", "2026-08-18", { id: "1", kind: "resettlement", why: "a price" }),
    ).rejects.toThrow("Site elsewhere is not in this worker's");
  });
});

describe("a site that retires with its next wake set on a paced clock", () => {
  it("is woken no more, and market time goes on for the others", async () => {
    const keeper = createClockKeeper({ startMs: Date.parse(AT), speed: Infinity, initialHolds: ["retiring"] });
    const server = await startClockServer({ keeper });
    const siteId = `leaving-${process.pid}`;
    const plan = { ...site.plan, siteId };
    try {
      const paced: Wiring = { ...wiring, deployments: [{ ...site, plan }], clock: { kind: "paced", url: server.url } };
      await siteGatewayOf(paced).wakeAt(siteId, addSeconds(AT, 60));
      await postgresRetirements(pool).keep({ siteId, actor: "maria", reason: "lease ended", at: addSeconds(AT, 30) });
      const later = keeper.waitUntil("another", Date.parse(AT) + 120_000);
      keeper.release("retiring");
      expect(await later).toBe(Date.parse(AT) + 120_000);
      expect(keeper.status().holds).toEqual(["another"]);
    } finally {
      keeper.close();
      await server.close();
    }
  });

  it("leaves nothing to a worker that starts after it: what the dead one held is let go", async () => {
    const keeper = createClockKeeper({ startMs: Date.parse(AT), speed: Infinity });
    const server = await startClockServer({ keeper });
    const { siteId } = site.plan;
    try {
      keeper.hold(deliveringHold(siteId));
      const retired = [{ siteId, actor: "maria", reason: "lease ended", at: AT }];
      await (
        await resumeSites({ ...wiring, retired, clock: { kind: "paced", url: server.url } })
      )();
      expect(keeper.status()).toMatchObject({ holds: [], waiters: [] });
    } finally {
      keeper.close();
      await server.close();
    }
  });
});

describe("two sites that run by themselves on one namespace", () => {
  it("share no task queue and no workflow id, whatever feeds and contracts they have in common", () => {
    const period = { from: "2026-08-01", to: "2026-08-31" };
    const ids = (siteId: string) => [
      taskQueueOf(siteId),
      workflowIds.feed(siteId, "sced-lmp/HB_WEST"),
      workflowIds.statement(siteId, "harbor-2026", period),
      workflowIds.settlement(siteId, period.from),
      workflowIds.site(siteId),
    ];
    expect(ids("north").filter((id) => ids("south").includes(id))).toEqual([]);
  });
});

describe("two sites on one PostgreSQL cluster", () => {
  it("keep their passwords: a start of the second changes nothing for the first", async () => {
    const [first, second] = databases as [TestDatabase, TestDatabase];
    const urls = [await migrate(first.url, "of-the-first"), await migrate(second.url, "of-the-second")];
    for (const url of urls) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      expect((await client.query("SELECT count(*)::int AS n FROM decision")).rows).toEqual([{ n: 0 }]);
      await client.end();
    }
    for (const { url } of [first, second]) await migrate(url, "only-for-tests");
  });

  it("migrated at the same moment are both ready", async () => {
    const bare = await Promise.all([1, 2, 3].map(() => testDatabase({ tables: "none" })));
    const urls = await Promise.all(bare.flatMap(({ url }) => [migrate(url, "x"), migrate(url, "x")]));
    expect(new Set(urls).size).toBe(3);
    const owner = new pg.Client({ connectionString: databases[0]!.url });
    await owner.connect();
    for (const [i, { drop }] of bare.entries()) {
      await drop();
      await owner.query(`DROP ROLE ${owner.escapeIdentifier(new URL(urls[2 * i] as string).username)}`);
    }
    await owner.end();
  });

  it("cannot share a database: the second is told whose it is and what to do", async () => {
    const { url } = databases[1]!;
    await claimForBook(url, "north");
    await claimForBook(url, "north");
    await expect(claimForBook(url, "south")).rejects.toThrow(
      /^database "test_\w+" holds book north, and a database serves one book, or one site that runs by itself; give south another/,
    );
  });
});

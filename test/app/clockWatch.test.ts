import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { temporalTime } from "../../src/adapters/temporal/serverTime.ts";
import { watchClocks } from "../../src/app/system/clockCheck.ts";
import type { DeployedFeed } from "../../src/app/worker/registries.ts";
import { type TestDatabase, testDatabase, testTemporal } from "../support/stack.ts";

const { address, namespace } = testTemporal();
/** A market's web server: asked for its page it tells the time, which is 5 s behind this machine's. */
const market = createServer((_, response) =>
  response.writeHead(200, { date: new Date(Date.now() - 5_000).toUTCString() }).end(),
);
let database: TestDatabase;
let pool: Pool;
let connection: Connection;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 2);
  connection = await Connection.connect({ address });
  await new Promise<void>((resolve) => market.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await connection?.close();
  await new Promise((resolve) => market.close(resolve));
});

function feed(port: number): DeployedFeed {
  return {
    use: "ercot/system-wide-prices",
    baseUrl: `http://127.0.0.1:${port}`,
    pollEverySeconds: 60,
    pollOffsetSeconds: 40,
    settlementPoint: "HB_WEST",
    settlementPointType: "HU",
  };
}

it("a start says which clocks agree, alarms of the one that is 5 s off at once and again, and names who does not answer", async () => {
  const client = new Client({ connection, namespace });
  const { port } = market.address() as AddressInfo;
  const said: string[] = [];
  const alarms: string[] = [];
  const ended = new AbortController();
  const watch = watchClocks(
    { pool, client, book: { deployments: [{ feeds: [feed(port), feed(1)] }] } },
    { say: (line) => said.push(line), alarm: (line) => alarms.push(line), signal: ended.signal, everyMs: 50 },
  );
  await vi.waitFor(() => expect(alarms.length).toBeGreaterThanOrEqual(2), { timeout: 20_000 });
  ended.abort();
  await watch;
  expect(alarms[0]).toMatch(
    new RegExp(`^this machine's clock is [345]\\.\\d s ahead of that of http://127\\.0\\.0\\.1:${port}: intervals`),
  );
  expect(said.slice(0, 3)).toEqual([
    "Clock compared with that of the database: within 2 s",
    "Clock compared with that of the Temporal server: within 2 s",
    "Clock not compared with that of http://127.0.0.1:1: no answer in time, or none with a Date",
  ]);
  expect(said.slice(3).every((line) => line.startsWith("Clock not compared with that of http://127.0.0.1:1"))).toBe(
    true,
  );
}, 30_000);

it("the Temporal server tells its time between the question and the answer, and keeps nothing of the question", async () => {
  const client = new Client({ connection, namespace });
  const { askedMs, theirsMs, answeredMs } = await temporalTime(client);
  // one machine, one clock
  expect(theirsMs).toBeGreaterThanOrEqual(askedMs - 5);
  expect(theirsMs).toBeLessThanOrEqual(answeredMs + 5);
  await vi.waitFor(
    async () => {
      const { executions } = await client.workflowService.listWorkflowExecutions({
        namespace,
        query: "WorkflowType = 'clockCheck'",
      });
      expect(executions ?? []).toEqual([]);
    },
    { timeout: 15_000, interval: 200 },
  );
}, 30_000);

it("servers that are away are said, and are no error", async () => {
  const away = createPool("postgres://ballast_app@127.0.0.1:1/none", 1);
  const nobody = Connection.lazy({ address: "127.0.0.1:1", connectTimeout: 300 });
  const said: string[] = [];
  const ended = new AbortController();
  const watch = watchClocks(
    { pool: away, client: new Client({ connection: nobody }), book: { deployments: [{ feeds: [] }] } },
    {
      say: (line) => said.push(line),
      alarm: (line) => said.push(`ALARM ${line}`),
      signal: ended.signal,
      everyMs: 60_000,
    },
  );
  await vi.waitFor(() => expect(said).toHaveLength(2), { timeout: 20_000 });
  ended.abort();
  await watch;
  expect(said[0]).toMatch(/^Clock not compared with that of the database: /);
  expect(said[1]).toMatch(/^Clock not compared with that of the Temporal server: /);
  await away.end();
  await nobody.close();
}, 30_000);

import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool, type Pool, query, transaction } from "../../../src/adapters/postgres/pool.ts";
import { PortUnavailableError } from "../../../src/ports/errors.ts";
import { type TestDatabase, testDatabase } from "../../support/stack.ts";

/** A firewall between the site and its database: of a connection that it has forgotten, nothing passes, untold. */
const open = new Set<{ readonly near: Socket; readonly far: Socket }>();
let database: TestDatabase;
let firewall: Server;
let pool: Pool;

function forgetConnections(): void {
  for (const { near, far } of open) {
    near.unpipe(far);
    far.unpipe(near);
  }
}

beforeAll(async () => {
  database = await testDatabase();
  const url = new URL(database.appUrl as string);
  const { hostname, port } = url;
  firewall = createServer((near) => {
    const far = connect(Number(port), hostname);
    open.add({ near, far });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((listening) => firewall.listen(0, "127.0.0.1", listening));
  url.port = String((firewall.address() as AddressInfo).port);
  pool = createPool(url.href, 2, 300);
});

afterAll(async () => {
  await pool.end();
  for (const { near } of open) near.destroy();
  await new Promise((closed) => firewall.close(closed));
  await database.drop();
});

describe("a database whose connections are forgotten on the way, without a word", () => {
  it("is away for a statement within its time, and there again for the next one", async () => {
    expect(await query(pool, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    forgetConnections();
    await expect(query(pool, "SELECT 2 AS two")).rejects.toThrow(PortUnavailableError);
    expect(await query(pool, "SELECT 3 AS three")).toEqual([{ three: 3 }]);
  });

  it("costs a transaction its work and no more: the server gives up its locks, and every connection of the pool serves again", async () => {
    await query(pool, "SELECT 1");
    const half = transaction(pool, async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(4711)");
      forgetConnections();
      await client.query("SELECT 2");
    });
    await expect(half).rejects.toThrow(PortUnavailableError);
    const again = (): Promise<unknown> =>
      transaction(pool, (client) => query(client, "SELECT pg_advisory_xact_lock(4711), 4 AS four"));
    expect(await Promise.all([again(), again(), again()])).toHaveLength(3);
  });
});

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADVISORY_LOCKS } from "../../../src/adapters/postgres/advisoryLocks.ts";
import { whileApplyingAlone } from "../../../src/adapters/postgres/configurationOutcomes.ts";
import { createPool } from "../../../src/adapters/postgres/pool.ts";
import { type DatabaseHold, holdDatabase } from "../../../src/adapters/postgres/databaseHold.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const SOON_MS = 300;

let database: TestDatabase;
let owner: pg.Client;
const holds: DatabaseHold[] = [];

async function hold(): Promise<DatabaseHold> {
  const held = await holdDatabase(database.url, SOON_MS);
  holds.push(held);
  return held;
}

/** The sessions that hold the database, as the server sees them. */
async function sessions(): Promise<number[]> {
  const { rows } = await owner.query<{ pid: number }>(
    "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' " +
      "AND l.granted AND d.datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

beforeAll(async () => {
  database = await testDatabase({ tables: "none" });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});

afterAll(async () => {
  await Promise.all(holds.map((held) => held.release()));
  await owner.end();
  await database.drop();
});

describe("one database, two starts", () => {
  it("the second is refused with who has it; once the first has ended it is let in", async () => {
    const first = await hold();
    await expect(hold()).rejects.toThrow(
      new RegExp(
        `^the database is in use by another start of Ballast \\(ballast, process ${process.pid} on .*, since ` +
          `20.*Z\\), ` +
          "and one at a time runs its site: end that one first, or give this start a database of its own$",
      ),
    );
    await first.release();
    await (await hold()).release();
    expect(await sessions()).toEqual([]);
  });

  it("what runs the site keeps out no apply to it, and no migration", async () => {
    const held = await hold();
    const pool = createPool(database.url, 1);
    try {
      expect(await whileApplyingAlone(pool, async () => "applied")).toBe("applied");
    } finally {
      await pool.end();
      await held.release();
    }
    const numbers = Object.values(ADVISORY_LOCKS);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("a server that was away is taken again by whoever had it", async () => {
    const first = await hold();
    const [before] = await sessions();
    await owner.query("SELECT pg_terminate_backend($1)", [before]);
    const taken = async (): Promise<number[]> => (await sessions()).filter((pid) => pid !== before);
    await expect.poll(taken, { timeout: 20_000 }).toHaveLength(1);
    await expect(hold()).rejects.toThrow("in use by another start");
    await first.release();
  });

  it("where another start was faster after the server was away, the first hears of it", async () => {
    const first = await hold();
    const [before] = await sessions();
    // in one message: the other start is there before the first has heard that its connection is gone
    await owner.query(`SELECT pg_terminate_backend(${before}); SELECT pg_advisory_lock(7217002)`);
    await expect(first.taken).rejects.toThrow("in use by another start");
    await owner.query("SELECT pg_advisory_unlock(7217002)");
  });
});

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { postgresRidingFacts } from "../../../src/adapters/postgres/ridingFacts.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { at } from "../../domain/decision/site.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 3);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it("what rode along to the sites of a book is marked in one statement: only what was not told still waits", async () => {
  const riding = postgresRidingFacts(pool);
  const able = (id: string): SiteInput => ({
    kind: "fleet-able",
    id,
    at: at("17:04:10"),
    cohorts: [],
    observedAt: at("17:04:10"),
  });
  const sites = ["pecan-draw", "salt-fork", "mesa"];
  await riding.keep(sites, able("first"));
  const query = vi.spyOn(pool, "query");
  await riding.told(
    new Map([
      ["pecan-draw", [able("first")]],
      ["salt-fork", [able("another")]],
      ["mesa", []],
    ]),
  );
  await riding.told(new Map([["mesa", []]]));
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
  expect([...(await riding.waiting(sites)).keys()].sort()).toEqual(["mesa", "salt-fork"]);
});

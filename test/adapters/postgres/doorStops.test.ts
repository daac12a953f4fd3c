import { afterAll, beforeAll, expect, it } from "vitest";
import { postgresDoorStops } from "../../../src/adapters/postgres/doorStops.ts";
import { createPool, type Pool, query } from "../../../src/adapters/postgres/pool.ts";
import { UntoldStops } from "../../../src/app/ingress/tellStops.ts";
import { RequestRefusedError } from "../../../src/ports/commands.ts";
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

it("a site that refuses its stops keeps no other site's stop waiting, nor its own newest, though 300 came before", async () => {
  for (let i = 1; i <= 300; i += 1) await stopped("pecan-draw", `smoke-${i}`);
  await stopped("salt-fork", "smoke-last");
  await stopped("pecan-draw", "smoke-newest");
  const reached: string[] = [];
  const untold = new UntoldStops({
    ledger: postgresDoorStops(pool),
    send: ({ siteId, input }) => {
      reached.push(input.id);
      if (siteId === "pecan-draw") return Promise.reject(new RequestRefusedError("the site is retired"));
      return Promise.resolve({ sequence: 7 } as never);
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await untold.tell();
  expect(reached).toContain("smoke-last");
  expect(reached).toContain("smoke-newest");
  expect(await query(pool, "SELECT sequence FROM door_stop_told", [])).toEqual([{ sequence: 7 }]);
});

it("a stop that its site was never told is over once the site is retired: nobody is asked again", async () => {
  await stopped("north-draw", "smoke-north");
  await query(
    pool,
    `INSERT INTO site_change (site_id, kind, actor, reason, at) VALUES ('north-draw', 'retired', 'maria', 'lease ended', $1)`,
    [at("18:00:00")],
  );
  const untold = await postgresDoorStops(pool).untold(50);
  expect(untold.filter(({ siteId }) => siteId === "north-draw")).toEqual([]);
  expect(await query(pool, "SELECT refusal FROM door_stop_told WHERE refusal IS NOT NULL", [])).toEqual([
    { refusal: "site north-draw is out of service for good" },
  ]);
});

/** A safety stop of a whole site as its door keeps it. */
async function stopped(siteId: string, id: string): Promise<void> {
  await query(
    pool,
    `WITH kept AS (
       INSERT INTO door_message (door, sender, nonce, content_type, content, content_hash, proof, received_at, site_id,
         verdict) VALUES ('http', 'fire-panel', $2, 'application/json', 'x', 'x', '{}', $3, $1, 'accepted')
       RETURNING message_no)
     INSERT INTO door_stop (message_no, site_id, request_id, kind, reason)
       SELECT message_no, $1, $2, 'stop', 'smoke' FROM kept`,
    [siteId, id, at("17:59:10")],
  );
}

import { Connection } from "@temporalio/client";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { testDatabase, type TestDatabase, testTemporal } from "../support/stack.ts";

describe("the servers of the test run", () => {
  it("give each caller an empty database of its own, which is gone after drop", async () => {
    const [first, second] = await Promise.all([testDatabase({ tables: "none" }), testDatabase({ tables: "none" })]);
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    await client.query("create table only_here (id int)");
    await client.end();
    const other = new pg.Client({ connectionString: second.url });
    await other.connect();
    expect((await other.query("select to_regclass('only_here') as found")).rows).toEqual([{ found: null }]);
    await other.end();
    await Promise.all([first.drop(), second.drop()]);
    await expect(new pg.Client({ connectionString: first.url }).connect()).rejects.toThrow("does not exist");
  });

  it("include a Temporal server whose namespace knows the project's search attributes", async () => {
    const { address, namespace } = testTemporal();
    const connection = await Connection.connect({ address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(["SiteId", "OperatingDay", "Mode", "NeedsReview"]),
    );
    await connection.close();
  });
});

describe("a database copied from the run's migrated one", () => {
  it("has the tables and rights of one that was migrated itself, under an application login of its own", async () => {
    const databases = await Promise.all([testDatabase(), testDatabase({ tables: "migrated" })]);
    const [copied, migrated] = await Promise.all(databases.map(tablesAndRights));
    expect(copied?.tables.length).toBeGreaterThan(20);
    expect(copied).toEqual(migrated);
    await Promise.all(databases.map((database) => database.drop()));
  });
});

/** What the application can do where, as it sees it when it has logged in. */
async function tablesAndRights({ url, appUrl }: TestDatabase) {
  const name = new URL(url).pathname.slice(1);
  const client = new pg.Client({ connectionString: appUrl });
  await client.connect();
  const rows = async (statement: string): Promise<unknown[]> => (await client.query(statement)).rows;
  expect(await rows("select current_user as role")).toEqual([{ role: `ballast_app_${name}` }]);
  const seen = {
    tables: await rows(
      "select relname, relkind, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by 1",
    ),
    functions: await rows(
      "select proname, proacl::text, proconfig from pg_proc where pronamespace = 'public'::regnamespace order by 1",
    ),
    temporary: await rows("select has_database_privilege(current_database(), 'temporary') as allowed"),
  };
  await client.end();
  return seen;
}

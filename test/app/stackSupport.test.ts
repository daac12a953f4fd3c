import { Connection } from "@temporalio/client";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { testDatabase, testTemporal } from "../support/stack.ts";

describe("the servers of the test run", () => {
  it("give each caller an empty database of its own, which is gone after drop", async () => {
    const [first, second] = await Promise.all([testDatabase({ migrate: false }), testDatabase({ migrate: false })]);
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

describe("a migrated database", () => {
  it("has the project's tables, which the application's role can reach", async () => {
    const databases = await Promise.all([testDatabase(), testDatabase()]);
    for (const { url, appUrl } of databases) {
      const client = new pg.Client({ connectionString: appUrl });
      await client.connect();
      expect((await client.query("select current_user as role")).rows).toEqual([
        { role: `ballast_app_${new URL(url).pathname.slice(1)}` },
      ]);
      expect(
        (
          await client.query(
            `select count(*)::int as n from information_schema.tables
             where table_schema not in ('pg_catalog', 'information_schema')`,
          )
        ).rows[0].n,
      ).toBeGreaterThan(0);
      await client.end();
    }
    await Promise.all(databases.map((database) => database.drop()));
  });
});

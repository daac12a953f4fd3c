import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** `url` connects as the owner; `appUrl`, when the project's tables are there, as the role under which Ballast runs. */
export type TestDatabase = { url: string; appUrl: string | undefined; drop(): Promise<void> };

/** The project's tables copied from the run's migrated database, made by the test's own migrations, or not at all. */
type Tables = "copied" | "migrated" | "none";

const appPassword = "only-for-tests";

/** A database of its own on the run's PostgreSQL. Call `drop` at the end. */
export async function testDatabase({ tables = "copied" }: { tables?: Tables } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(async (server) => {
    await server.query(
      `create database ${name} ${tables === "copied" ? `template ${inject("migratedDatabase")}` : ""}`,
    );
    // A copy holds everything but the rights on the database itself.
    if (tables === "copied") await server.query(`revoke temporary on database ${name} from public`);
  });
  const url = new URL(inject("serverUrl"));
  url.pathname = `/${name}`;
  const appUrl = tables === "none" ? undefined : await migrated(url);
  const drop = () =>
    onServer(async (server) => {
      await server.query(`drop database ${name} with (force)`);
      if (appUrl !== undefined) await server.query(`drop role ${server.escapeIdentifier(new URL(appUrl).username)}`);
    });
  return { url: url.href, appUrl, drop };
}

/** Every migration that is missing is made, and the application's login; of a copy only the login. */
async function migrated(url: URL): Promise<string> {
  const { migrate } = await import("../../src/adapters/postgres/migrate.ts");
  return migrate(url.href, appPassword);
}

/** The run's Temporal server. Give each test a task queue and workflow ids of its own. */
export function testTemporal(): { address: string; namespace: string } {
  return { address: inject("temporalAddress"), namespace: inject("temporalNamespace") };
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: inject("serverUrl") });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** `url` connects as the owner; `appUrl`, when the project's tables are there, as the role under which Ballast runs. */
export type TestDatabase = { url: string; appUrl: string | undefined; drop(): Promise<void> };

const appPassword = "only-for-tests";

/**
 * A database of its own on the run's PostgreSQL, with the project's tables unless `migrate` is false. Call `drop` at
 * the end.
 */
export async function testDatabase(options: { migrate?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer((server) => server.query(`create database ${name}`));
  const url = new URL(inject("serverUrl"));
  url.pathname = `/${name}`;
  const { migrate } = await import("../../src/adapters/postgres/migrate.ts");
  const appUrl = options.migrate === false ? undefined : await migrate(url.href, appPassword);
  const drop = () =>
    onServer(async (server) => {
      await server.query(`drop database ${name} with (force)`);
      if (appUrl !== undefined) await server.query(`drop role ${server.escapeIdentifier(new URL(appUrl).username)}`);
    });
  return { url: url.href, appUrl, drop };
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

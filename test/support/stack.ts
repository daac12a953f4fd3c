import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** `url` connects as the owner; `appUrl`, when the project's tables are there, as the role under which Ballast runs. */
export type TestDatabase = { url: string; appUrl: string | undefined; drop(): Promise<void> };

const migrationLock = 4_201;
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
  const drop = () => onServer(async (server) => void (await server.query(`drop database ${name} with (force)`)));
  return { url: url.href, appUrl: options.migrate === false ? undefined : await migrated(url.href), drop };
}

/** The run's Temporal server. Give each test a task queue and workflow ids of its own. */
export function testTemporal(): { address: string; namespace: string } {
  return { address: inject("temporalAddress"), namespace: inject("temporalNamespace") };
}

/** One migration at a time: roles belong to the whole server, which all test files share. */
async function migrated(url: string): Promise<string> {
  const { migrate } = await import("../../src/adapters/postgres/migrate.ts");
  return await onServer(async (server) => {
    await server.query("select pg_advisory_lock($1)", [migrationLock]);
    return await migrate(url, appPassword);
  });
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

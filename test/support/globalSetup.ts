import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { tryLock } from "../../src/local/lock.mjs";
import { projectRoot } from "../../src/local/places.mjs";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { startLocalStack } from "../../src/app/stack/localStack.ts";
import { endRecorded } from "../../src/app/stack/processRecord.ts";

declare module "vitest" {
  export interface ProvidedContext {
    serverUrl: string;
    migratedDatabase: string;
    temporalAddress: string;
    temporalNamespace: string;
  }
}

const dataRoot = join(projectRoot, ".data");
const folderOfRun = /^test-\d+$/;

/** Starts one PostgreSQL and one Temporal server for all test files of the run that ask for them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const stack = await startLocalStack({ dataDir: join(dataRoot, `test-${process.pid}`), signals: "leave" });
  project.provide("serverUrl", stack.ownerDatabaseUrl);
  project.provide("migratedDatabase", await migratedDatabase(stack.ownerDatabaseUrl));
  project.provide("temporalAddress", stack.temporalAddress);
  project.provide("temporalNamespace", stack.namespace);
  stack.failure.catch((error: Error) => process.stderr.write(`A server of the tests failed: ${error.message}\n`));
  return async () => {
    await stack.stop();
    rmSync(stack.dataDir, { recursive: true, force: true });
  };
}

/** Makes a database with the project's tables, of which the tests' are copies, and returns its name. */
async function migratedDatabase(serverUrl: string): Promise<string> {
  const name = "ballast_tables";
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  await server.query(`create database ${name}`).finally(() => server.end());
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, "nobody-logs-in");
  return name;
}

async function removeLeftovers(): Promise<void> {
  mkdirSync(dataRoot, { recursive: true });
  for (const name of readdirSync(dataRoot, { encoding: "utf8" }).filter((one) => folderOfRun.test(one))) {
    const folder = join(dataRoot, name);
    const { release } = tryLock(join(folder, "launcher.lock"));
    if (release === undefined) continue;
    await endRecorded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { throughOutages } from "../../src/app/worker/outages.ts";
import { type LocalStack, startLocalStack } from "../../src/app/stack/localStack.ts";
import { recordedProcesses } from "./supportSystem.ts";

const childPath = new URL("../app/stackChild.ts", import.meta.url).pathname;
let dataDir: string;
let stack: LocalStack;
let progress: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "ballast-servers-"));
  progress = [];
});

afterEach(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(keep: boolean): Promise<void> {
  stack = await startLocalStack({ dataDir, keep, signals: "leave", onProgress: (line) => progress.push(line) });
  stack.failure.catch(() => undefined);
}

const standing = (): Promise<string> =>
  Promise.race([stack.failure.catch((error: Error) => error.message), delay(100, "standing")]);
const kill = (name: string): void =>
  recordedProcesses(dataDir)
    .filter((one) => one.name === name)
    .forEach(({ pid }) => process.kill(pid, "SIGKILL"));

async function said(pattern: RegExp, withinMs = 20_000): Promise<string> {
  for (const until = Date.now() + withinMs; Date.now() < until; await delay(20)) {
    const line = progress.find((one) => pattern.test(one));
    if (line !== undefined) return line;
  }
  throw new Error(`nobody said ${pattern} within ${withinMs / 1000} s:\n${progress.join("\n")}`);
}

async function rows(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.ownerDatabaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("a server that is killed with SIGKILL", () => {
  it.each([
    ["kept", true],
    ["throwaway", false],
  ] as const)(
    "PostgreSQL on %s data is back on its port with every row it had committed, and the stack stands",
    async (_what, keep) => {
      await start(keep);
      await rows("create table posting (cents bigint)");
      for (let cents = 1; cents <= 20; cents++) await rows(`insert into posting values (${cents})`);
      kill("postgres");
      expect(await said(/^postgres was ended by SIGKILL/)).toBe(
        "postgres was ended by SIGKILL. Starting it again in 0.2 s (start 1)",
      );
      await said(/^postgres is back/);
      expect(await rows("select count(*)::int, sum(cents)::int from posting")).toEqual([{ count: 20, sum: 210 }]);
      expect(await standing()).toBe("standing");
    },
  );

  it("PostgreSQL amid queries can be started anew at once: what its orphans still hold is waited for", async () => {
    await start(true);
    const queries = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString: stack.ownerDatabaseUrl });
        client.on("error", () => undefined);
        await client.connect();
        // A query that computes does not notice that its server has gone, and may even be answered.
        return { ended: client.query("select count(*) from generate_series(1, 3000000)").catch(() => undefined) };
      }),
    );
    for (const { pid } of recordedProcesses(dataDir)) process.kill(pid, "SIGKILL");
    await stack.stop();
    await start(true);
    expect(await rows("select 1 as one")).toEqual([{ one: 1 }]);
    await Promise.all(queries.map(({ ended }) => ended));
  });

  it("Temporal on kept data is back on its port with its workflows, and a client connected before goes on", async () => {
    await start(true);
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const client = new Client({ connection, namespace: stack.namespace });
    const handle = await client.workflow.start("nobodyRunsThis", {
      workflowId: "site/somewhere",
      taskQueue: "nobody",
      args: [],
    });
    kill("temporal");
    await said(/^temporal was ended by SIGKILL.*Starting it again/);
    const { status, runId } = await throughOutages(() => client.workflow.getHandle("site/somewhere").describe());
    expect([status.name, runId]).toEqual(["RUNNING", handle.firstExecutionRunId]);
    expect(await standing()).toBe("standing");
    await connection.close();
  });

  it("Temporal on throwaway data, which were in its memory, fails the stack and says why", async () => {
    await start(false);
    kill("temporal");
    await expect(stack.failure).rejects.toThrow("temporal was ended by SIGKILL");
  });
});

describe("a worker that dies", () => {
  it("is started again under a new process number for as long as told, and then given up: the stack fails with its last words", async () => {
    await start(false);
    const child = await stack.spawnNode(
      "later",
      childPath,
      ["later"],
      {},
      { restart: { firstPauseMs: 10, longestPauseMs: 20, steadyMs: 60_000, giveUpAfterMs: 4_000 } },
    );
    const first = child.pid;
    await said(/^later is back/);
    expect(child.pid).not.toBe(first);
    await expect(stack.failure).rejects.toThrow(
      /later ended with exit code 7[^]*out of memory on purpose[^]*started again \d+ times within 4 s and is given up/,
    );
    expect(progress.filter((line) => /Starting it again/.test(line)).slice(0, 2)).toEqual([
      "later ended with exit code 7. Starting it again in 0.01 s (start 1)",
      "later ended with exit code 7. Starting it again in 0.02 s (start 2)",
    ]);
    expect(await child.exited).toBe(7);
  });

  it("and is told to end while it is being started again stays ended", async () => {
    await start(false);
    const child = await stack.spawnNode("line", childPath, ["line"], {}, { restart: true });
    process.kill(child.pid, "SIGKILL");
    await said(/^line was ended by SIGKILL/);
    await child.stop();
    expect(recordedProcesses(dataDir).filter(({ name }) => name.startsWith("line"))).toEqual([]);
    expect(await standing()).toBe("standing");
  });
});

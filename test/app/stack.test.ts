import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { identifyProcess, isRunning, type ProcessIdentity } from "../../src/local/processIdentity.mjs";
import { type LocalStack, startLocalStack } from "../../src/app/stack/localStack.ts";
import { freePort } from "../../src/app/stack/ports.ts";
import { startPostgres } from "../../src/app/stack/postgres.ts";
import { openProcessRecord, type RecordedProcess } from "../../src/app/stack/processRecord.ts";
import { startTemporal } from "../../src/app/stack/temporalServer.ts";
import { firstLine, spawnSpeaking } from "../support/firstLine.ts";

const launcherPath = new URL("./stackLauncher.ts", import.meta.url).pathname;
const childPath = new URL("./stackChild.ts", import.meta.url).pathname;
const ownServers = { TEMPORAL_ADDRESS: undefined, BALLAST_DATABASE_URL: undefined };

let dataDir: string;
let cleanUp: (() => Promise<unknown> | void)[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "ballast-stack-"));
  cleanUp = [];
});

afterEach(async () => {
  for (const work of cleanUp.reverse()) await work();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("a launcher that is killed", () => {
  it("with kill -9 takes PostgreSQL, Temporal and a child that ignores SIGTERM along within 5 seconds, and the next start works", async () => {
    const { launcher, processes } = await launch(60_000);
    expect(processes.map(({ name }) => name).sort()).toEqual([
      "postgres",
      "postgres guard",
      "stubborn",
      "stubborn guard",
      "temporal",
      "temporal guard",
    ]);
    launcher.kill("SIGKILL");
    await expectGone(processes, 5000);
    const next = await launch();
    expect(await answers(next.ownerDatabaseUrl)).toBe(true);
  });

  it("together with every guard leaves orphans, and the next start ends exactly those it recorded", async () => {
    const { launcher, processes } = await launch();
    const bystander = spawn("sleep", ["600"]);
    cleanUp.push(() => void bystander.kill("SIGKILL"));
    launcher.kill("SIGKILL");
    for (const guard of processes.filter(({ name }) => name.endsWith("guard"))) process.kill(guard.pid, "SIGKILL");
    const orphans = processes.filter(({ name }) => !name.endsWith("guard"));
    await pause(300);
    expect(orphans.filter(isRunning)).toEqual(orphans);
    recordAs(bystander.pid as number, "a process that ended long ago");

    const stack = await start();
    expect(orphans.filter(isRunning)).toEqual([]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    expect(await answers(stack.ownerDatabaseUrl)).toBe(true);
  });

  it.each([
    ["SIGTERM", 143, "SIGTERM"],
    ["SIGINT", 130, "Ctrl-C"],
  ] as const)(
    "with %s ends every child before it exits with code %i, and says what stays",
    async (signal, code, why) => {
      const { launcher, processes } = await launch();
      let said = "";
      launcher.stderr?.on("data", (chunk) => (said += String(chunk)));
      launcher.kill(signal);
      expect(await once(launcher, "exit")).toEqual([code, null]);
      expect(processes.filter(isRunning)).toEqual([]);
      expect(JSON.parse(readFileSync(join(dataDir, "processes.json"), "utf8"))).toEqual([]);
      const stays = `the database is thrown away, the logs stay in ${join(dataDir, "logs")}`;
      expect(said).toContain(`${why}: stopping; ${stays}\n`);
    },
  );
});

describe("a data folder", () => {
  it("serves one stack at a time: a second start is refused and names the process", async () => {
    await start();
    await expect(startLocalStack({ dataDir, signals: "leave" })).rejects.toMatchObject({
      message: expect.stringContaining(`in use by process ${process.pid}`),
      exitCode: 2,
    });
  });

  it("that is kept holds its rows for the next start, and a throwaway run refuses it and harms nothing", async () => {
    const first = await start(true);
    await query(first.ownerDatabaseUrl, "create table statement (cents bigint); insert into statement values (1250)");
    await first.stop();
    await expect(startLocalStack({ dataDir, signals: "leave" })).rejects.toThrow(
      "a throwaway run must have another folder",
    );
    const second = await start(true);
    expect(await query(second.ownerDatabaseUrl, "select cents from statement")).toEqual([{ cents: "1250" }]);
  });

  it("has a password that only its owner can read, without which the server lets nobody in", async () => {
    const stack = await start();
    expect((statSync(join(dataDir, "postgres.password")).mode & 0o777).toString(8)).toBe("600");
    const wrong = new URL(stack.ownerDatabaseUrl);
    wrong.password = "guess";
    await expect(query(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
  });
});

describe("a Node process of the project", () => {
  let stack: LocalStack;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ballast-stack-"));
    stack = await startLocalStack({ dataDir: folder, signals: "leave" });
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is ready when it sends a message or prints a READY line, and writes to its own log", async () => {
    const [message, line] = await Promise.all([
      stack.spawnNode("message", childPath, ["message"]),
      stack.spawnNode("line", childPath, ["line"]),
    ]);
    expect(message.ready).toEqual({ type: "ready", port: 4711 });
    expect(line.ready).toEqual({ port: 4712 });
    expect(readFileSync(join(folder, "logs", "line.log"), "utf8")).toContain("habit: line");
    await message.stop();
    expect(identifyProcess(message.pid)).toBeUndefined();
    expect(identifyProcess(line.pid)).toBeDefined();
    await line.stop();
  });

  it("that ends before it is ready makes its start fail with its exit code and last words", async () => {
    await expect(stack.spawnNode("early", childPath, ["early"], {}, { mayEnd: true })).rejects.toThrow(
      /early ended with exit code 3[^]*no configuration for site PECOS/,
    );
  });

  it("that never reports ready is ended after its time", async () => {
    await expect(stack.spawnNode("silent", childPath, ["silent"], {}, { readyTimeoutMs: 300 })).rejects.toThrow(
      "did not report ready within 0.3 s",
    );
    expect(
      recorded(folder)
        .filter(isRunning)
        .filter(({ name }) => name.startsWith("silent")),
    ).toEqual([]);
  });

  it("that may end does not fail the stack", async () => {
    const child = await stack.spawnNode("later", childPath, ["later"], {}, { mayEnd: true });
    expect(await child.exited).toBe(7);
    expect(await Promise.race([stack.failure.catch(() => "failed"), pause(200, "standing")])).toBe("standing");
  });

  it("that dies later fails the stack with its name, exit code and last words", async () => {
    const doomed = await start();
    const child = await doomed.spawnNode("later", childPath, ["later"]);
    await expect(doomed.failure).rejects.toThrow(/later ended with exit code 7[^]*out of memory on purpose/);
    expect(await child.exited).toBe(7);
  });
});

describe("ports", () => {
  it("that somebody took between the choice and the start are replaced by others", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    cleanUp.push(() => void taken.close());
    const takenPort = (taken.address() as { port: number }).port;
    const takenFirst = () => {
      let tries = 0;
      return async () => (tries++ === 0 ? takenPort : await freePort());
    };
    const record = openProcessRecord(dataDir);
    const [postgres, temporal] = await Promise.all([
      startPostgres({ dataDir, keep: false, record, freePort: takenFirst() }),
      startTemporal({ dataDir, keep: false, record, namespace: "default", attributes: {}, freePort: takenFirst() }),
    ]);
    cleanUp.push(() => Promise.all([postgres.child.stop(), temporal.child.stop()]));
    expect(await answers(postgres.ownerUrl)).toBe(true);
    expect(temporal.address).not.toBe(`127.0.0.1:${takenPort}`);
  });
});

describe.runIf(process.getuid?.() === 0)("as root (only then can these run)", () => {
  it.each(["namespace", "account"] as const)("PostgreSQL runs by way of the %s", async (way) => {
    // A test folder is closed to other accounts by default.
    if (way === "account") chmodSync(dataDir, 0o711);
    const postgres = await startPostgres({
      dataDir,
      keep: false,
      record: openProcessRecord(dataDir),
      accountWays: [way],
    });
    cleanUp.push(() => postgres.child.stop());
    expect(await answers(postgres.ownerUrl)).toBe(true);
  });

  it("PostgreSQL under another account is refused, with what to do, when that account cannot enter the data folder", async () => {
    await expect(
      startPostgres({ dataDir, keep: false, record: openProcessRecord(dataDir), accountWays: ["account"] }),
    ).rejects.toThrow(new RegExp(`cannot enter ${dataDir}[^]*BALLAST_DATABASE_URL`));
  });
});

async function start(keep = false): Promise<LocalStack> {
  const stack = await startLocalStack({ dataDir, keep, signals: "leave" });
  cleanUp.push(() => stack.stop());
  return stack;
}

type Launched = { launcher: ChildProcess; processes: RecordedProcess[]; ownerDatabaseUrl: string };

/** Starts a launcher whose stubborn child is promised `graceMs` to end by itself. */
async function launch(graceMs = 1000): Promise<Launched> {
  const launcher = spawnSpeaking(process.execPath, [launcherPath, dataDir, String(graceMs)], ownServers);
  cleanUp.push(async () => {
    if (launcher.exitCode !== null || launcher.signalCode !== null) return;
    const gone = once(launcher, "exit");
    launcher.kill("SIGTERM");
    await gone;
  });
  const line = await firstLine(launcher);
  return { launcher, processes: recorded(), ownerDatabaseUrl: JSON.parse(line).ownerDatabaseUrl };
}

function recorded(folder = dataDir): RecordedProcess[] {
  return JSON.parse(readFileSync(join(folder, "processes.json"), "utf8"));
}

/** Adds an entry with the number of a running process but another start: a number that was used again. */
function recordAs(pid: number, name: string): void {
  const entry: RecordedProcess = { pid, started: "an earlier boot/1", name, command: "sleep", endSignal: "SIGKILL" };
  writeFileSync(join(dataDir, "processes.json"), JSON.stringify([...recorded(), entry]));
}

async function expectGone(processes: ProcessIdentity[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (processes.some(isRunning) && Date.now() < deadline) await pause(50);
  expect(processes.filter(isRunning)).toEqual([]);
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  return (await query(url, "select 1 as one")).length === 1;
}

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildText, readBuildsNow } from "../../src/app/worker/builds/buildsNow.ts";
import { createBookWorker } from "../../src/app/worker/builds/bookWorker.ts";
import { workerRoom } from "../../src/app/worker/workerOptions.ts";
import { quietRuntime } from "../replay/recordSite.ts";
import { testTemporal } from "../support/stack.ts";

const SITE = `builds.${process.pid}`;
const DEPLOYMENT = `ballast/builds~${process.pid}`;
const WITHIN = { timeout: 20_000, interval: 50 };
const folder = mkdtempSync(join(tmpdir(), "ballast-builds-"));
const noted: string[] = [];
let connection: NativeConnection;
let client: Client;

/** Bundles are named by their content in the product; here by the fixture that they are made of. */
async function startBuild(build: string): Promise<{ stop(): Promise<void> }> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const worker = await createBookWorker({
    connection,
    client,
    bookId: SITE,
    taskQueue: SITE,
    room: workerRoom({ deployments: [] }),
    siteIds: [],
    activities: { note: async (text: string) => void noted.push(text) },
    workflowsPath: fileURLToPath(new URL(`./fixtures/builds/${build}.ts`, import.meta.url)),
    buildId: build,
    builds: { folder: join(folder, "kept"), nowFile: join(folder, "builds.json"), forgetAfterDays: 45 },
    log,
    lookEveryMs: 250,
  });
  const ended = worker.run();
  await vi.waitFor(async () => expect(await currentBuild()).toBe(build), WITHIN);
  return {
    stop: async () => {
      worker.shutdown();
      await ended;
    },
  };
}

async function deployment() {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace: client.options.namespace,
    deploymentName: DEPLOYMENT,
  });
  return workerDeploymentInfo;
}

async function currentBuild(): Promise<string | null | undefined> {
  const info = await deployment();
  return info?.routingConfig?.currentDeploymentVersion?.buildId;
}

const idOf = (name: string): string => `${SITE}/${name}`;
const start = (type: string, name: string): Promise<unknown> =>
  client.workflow.start(type, { taskQueue: SITE, workflowId: idOf(name), args: [1] });
const answersOf = (name: string): Promise<string> => client.workflow.getHandle(idOf(name)).query<string>("answers");
const served = (): string[] => (readBuildsNow(folder)?.builds ?? []).map(buildText);
const runOf = async (name: string): Promise<string> => (await client.workflow.getHandle(idOf(name)).describe()).runId;

beforeAll(async () => {
  quietRuntime();
  const { address, namespace } = testTemporal();
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace });
});

afterAll(async () => {
  for (const name of ["site", "moved", "left"])
    await client.workflow
      .getHandle(idOf(name))
      .terminate()
      .catch(() => undefined);
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a site's workflow code that changes while runs are open", () => {
  it("restarted unchanged is the same build, from the same kept bundle, and its open run goes on", async () => {
    const first = await startBuild("a");
    await start("runSite", "site");
    expect(await answersOf("site")).toBe("round 1 by a");
    const { mtimeMs } = statSync(join(folder, "kept", "a.js"));
    await first.stop();
    const second = await startBuild("a");
    expect(await answersOf("site")).toBe("round 1 by a");
    expect(statSync(join(folder, "kept", "a.js")).mtimeMs).toBe(mtimeMs);
    expect((await deployment())?.versionSummaries?.map(({ deploymentVersion }) => deploymentVersion?.buildId)).toEqual([
      "a",
    ]);
    await vi.waitFor(() => expect(served()).toEqual(["a current"]), WITHIN);
    await second.stop();
  });

  it("serves the open run by its own code, the run after it by the new code, and then ends the old build's worker", async () => {
    const worker = await startBuild("b");
    expect(await answersOf("site")).toBe("round 1 by a");
    await vi.waitFor(() => expect(served()).toEqual(["b current", "a draining, 1 open run"]), WITHIN);
    await start("runSite", "new");
    expect(await answersOf("new")).toBe("round 1 by b");
    const firstRun = await runOf("site");
    await client.workflow.getHandle(idOf("site")).signal("midnight");
    await vi.waitFor(async () => expect(await runOf("site")).not.toBe(firstRun), WITHIN);
    expect(await answersOf("site")).toBe("round 2 by b");
    await vi.waitFor(() => expect(noted).toContain("runSite round 2 by b"), WITHIN);
    await vi.waitFor(() => expect(served()).toEqual(["b current"]), WITHIN);
    await client.workflow.getHandle(idOf("new")).terminate();
    await worker.stop();
  });

  it("without its kept bundle goes on by code that replays it, and is pinned to that", async () => {
    rmSync(join(folder, "kept", "b.js"));
    const worker = await startBuild("c");
    await vi.waitFor(() => expect(served()[1]).toMatch(/^b unserved, 1 open run: its bundle .* is not there/), WITHIN);
    await client.workflow.getHandle(idOf("site")).signal("midnight");
    await vi.waitFor(async () => expect(await answersOf("site")).toBe("round 3 by c"), WITHIN);
    await vi.waitFor(() => expect(served()).toEqual(["c current"]), WITHIN);
    await worker.stop();
  });

  it("without its kept bundle and where no code replays it ends, a feed begins anew, and the rest waits for a person", async () => {
    const before = await startBuild("b");
    await start("watchFeed", "feed");
    await start("closeDay", "left");
    await start("runSite", "unfit");
    for (const name of ["feed", "left", "unfit"]) expect(await answersOf(name)).toBe("round 1 by b");
    const feedRun = await runOf("feed");
    await before.stop();
    rmSync(join(folder, "kept", "b.js"));
    const worker = await startBuild("a");
    const state = async (name: string) => (await client.workflow.getHandle(idOf(name)).describe()).status.name;
    await vi.waitFor(async () => expect(await state("unfit")).toBe("TERMINATED"), WITHIN);
    await vi.waitFor(async () => expect(await runOf("feed")).not.toBe(feedRun), WITHIN);
    expect(await answersOf("feed")).toBe("round 1 by a");
    await vi.waitFor(() => expect(served().join()).toMatch(/left: .*put the bundle of build b back/), WITHIN);
    expect(await state("left")).toBe("RUNNING");
    await worker.stop();
  });
});

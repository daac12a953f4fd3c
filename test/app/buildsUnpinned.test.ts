import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { locateTemporal } from "../../src/local/temporalProgram.mjs";
import { freePort } from "../../src/app/stack/ports.ts";
import { readBuildsNow } from "../../src/app/worker/builds/buildsNow.ts";
import { deploymentVersions } from "../../src/app/worker/builds/deploymentVersions.ts";
import { createBookWorker } from "../../src/app/worker/builds/bookWorker.ts";
import { workerRoom } from "../../src/app/worker/workerOptions.ts";

// Beside the run's own servers (test/support/stack.ts), a second one with worker versions switched off.
const SITE = "unpinned";
const folder = mkdtempSync(join(tmpdir(), "ballast-unpinned-"));
let server: ChildProcess;
let connection: NativeConnection;
let client: Client;

beforeAll(async () => {
  const found = await locateTemporal();
  if (found?.kind !== "program") throw new Error("there is no Temporal server program");
  const port = await freePort();
  const off = "system.enableDeploymentVersions=false";
  const args = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", `${port}`, "--log-level", "error"];
  server = spawn(found.path, [...args, "--dynamic-config-value", off], { stdio: "ignore", cwd: folder });
  const namespace = "default";
  await vi.waitFor(
    async () => {
      connection = await NativeConnection.connect({ address: `127.0.0.1:${port}` });
      client = new Client({ connection, namespace });
      await client.workflowService.describeNamespace({ namespace });
    },
    { timeout: 30_000, interval: 200 },
  );
}, 40_000);

afterAll(async () => {
  await connection?.close();
  server?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

describe("a Temporal server with worker versions switched off", () => {
  it("says that it refuses them; the run's own server can", async () => {
    expect(await deploymentVersions(client, "ballast/x").problem()).toMatch(
      /^the Temporal server refuses worker versions \(gRPC PERMISSION_DENIED\)$/,
    );
    const other = await NativeConnection.connect({ address: inject("temporalAddress") });
    const able = new Client({ connection: other, namespace: inject("temporalNamespace") });
    expect(await deploymentVersions(able, "ballast/x").problem()).toBeUndefined();
    await other.close();
  });

  it("gets a worker without versions: runs are worked on, and start and status say what that means", async () => {
    const worker = await createBookWorker({
      connection,
      client,
      bookId: SITE,
      taskQueue: SITE,
      room: workerRoom({ deployments: [] }),
      siteIds: [],
      activities: { note: async () => undefined },
      workflowsPath: fileURLToPath(new URL("./fixtures/builds/a.ts", import.meta.url)),
      buildId: "a",
      builds: { folder: join(folder, "kept"), nowFile: join(folder, "builds.json"), forgetAfterDays: 45 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    expect(worker.unversioned).toMatch(/^the Temporal server refuses worker versions /);
    expect(readBuildsNow(folder)).toMatchObject({
      unversioned: worker.unversioned,
      builds: [{ buildId: "a", state: "current" }],
    });
    const ended = worker.run();
    const run = await client.workflow.start("runSite", { taskQueue: SITE, workflowId: "site/unpinned", args: [1] });
    expect(await run.query<string>("answers")).toBe("round 1 by a");
    await run.signal("midnight");
    await vi.waitFor(
      async () => expect(await client.workflow.getHandle("site/unpinned").query("answers")).toBe("round 2 by a"),
      {
        timeout: 10_000,
      },
    );
    worker.shutdown();
    await ended;
  });

  it("refuses for good to make a build current: one line says what, why and what to do, and it is tried on", async () => {
    const told: string[] = [];
    const ended = new AbortController();
    const trying = deploymentVersions(client, "ballast/x").makeCurrent("b1", (why) => told.push(why), ended.signal);
    await vi.waitFor(() => expect(told.length).toBe(1), { timeout: 10_000 });
    expect(told[0]).toMatch(
      /^new runs wait, because the Temporal server refuses to make this build the current one \(.*\): give this worker's key write access.* temporal worker deployment set-current-version --deployment-name "ballast\/x" --build-id b1; it is tried again every 5 s$/,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told.length).toBe(1);
    ended.abort();
    await trying;
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refuseOtherWorker } from "../../src/app/system/refuseOtherWorker.ts";
import { workerIdentity } from "../../src/app/worker/workerIdentity.ts";
import { taskQueueOf } from "../../src/app/worker/workerSettings.ts";
import { testTemporal } from "../support/stack.ts";

const WITHIN_MS = 3_000;
const original = mkdtempSync(join(tmpdir(), "ballast-original-"));
const restored = mkdtempSync(join(tmpdir(), "ballast-restored-"));
let client: Client;

/** Asks once for work, as a worker of this data folder does, and hangs up. */
async function asks(siteId: string, dataDir: string): Promise<void> {
  const { namespace } = client.options;
  const request = {
    namespace,
    taskQueue: { name: taskQueueOf(siteId) },
    identity: workerIdentity(siteId, dataDir),
  };
  // The server wants a time for the call.
  const hungUp = client.withDeadline(Date.now() + 20_000, () =>
    client.withAbortSignal(AbortSignal.timeout(300), () => client.workflowService.pollWorkflowTaskQueue(request)),
  );
  await expect(hungUp).rejects.toThrow("CANCELLED");
}

beforeAll(async () => {
  const { address, namespace } = testTemporal();
  client = new Client({ connection: await Connection.connect({ address }), namespace });
});

afterAll(async () => {
  await client.connection.close();
  for (const folder of [original, restored]) rmSync(folder, { recursive: true, force: true });
});

describe("a site's restored backup is started on the Temporal server that the original used", () => {
  it("while the original's worker still asks for work: refused, with the worker's name and what to do", async () => {
    const siteId = `twin-${process.pid}`;
    const ended = new AbortController();
    const worker = (async () => {
      while (!ended.signal.aborted) await asks(siteId, original);
    })();
    await asks(siteId, original);
    await expect(refuseOtherWorker(client, siteId, restored, 10_000)).rejects.toThrow(
      new RegExp(
        `^${siteId} is served by another worker \\(${workerIdentity(siteId, original)}, 20.*Z\\) in ` +
          "namespace .*: " +
          "end the start of the other data folder first; two would take turns at its workflows and machines$",
      ),
    );
    await expect(refuseOtherWorker(client, siteId, original)).resolves.toBeUndefined();
    ended.abort();
    await worker;
  });

  it("once the original's worker asks no more: let in, after the time in which a living one would have asked", async () => {
    const siteId = `heir-${process.pid}`;
    await asks(siteId, original);
    const begunMs = performance.now();
    await refuseOtherWorker(client, siteId, restored, WITHIN_MS);
    expect(performance.now() - begunMs).toBeGreaterThan(WITHIN_MS - 1);
  });
});

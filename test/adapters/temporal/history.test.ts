import { randomBytes } from "node:crypto";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHANNEL_ARGS } from "../../../src/adapters/temporal/channel.ts";
import { exportRun } from "../../../src/adapters/temporal/history.ts";
import { UnknownRunError } from "../../../src/ports/evidenceRuns.ts";
import { testTemporal } from "../../support/stack.ts";

const { address, namespace } = testTemporal();
let connection: Connection;
let native: NativeConnection;

beforeAll(async () => {
  connection = await Connection.connect({ address, channelArgs: CHANNEL_ARGS });
  native = await NativeConnection.connect({ address });
});
afterAll(async () => {
  await connection?.close();
  await native?.close();
});

/** A run of large signals, as a site's prices and orders on a long day: it has no worker and is terminated. */
async function largeRun(signals: number, bytesEach: number): Promise<{ workflowId: string; runId: string }> {
  const workflowId = `site/large-${randomBytes(4).toString("hex")}`;
  const client = new Client({ connection, namespace });
  const handle = await client.workflow.start("runSite", { workflowId, taskQueue: workflowId, args: [] });
  for (let n = 0; n < signals; n++) await handle.signal("siteInput", { id: `input/${n}`, text: "x".repeat(bytesEach) });
  await handle.terminate("enough");
  return { workflowId, runId: handle.firstExecutionRunId };
}

describe("a history of more than 4 MB", () => {
  it.each([
    ["78 events of 60 kB over a command's connection", 78, 60_000, () => connection],
    ["78 events of 60 kB over a worker's connection", 78, 60_000, () => native],
    ["5 events of 1.5 MB over a command's connection", 5, 1_500_000, () => connection],
  ] as const)("is exported whole: %s", async (_, signals, bytesEach, over) => {
    const { workflowId, runId } = await largeRun(signals, bytesEach);
    const closed = await exportRun(new Client({ connection: over(), namespace }), workflowId, runId);
    expect(closed.bytes.byteLength).toBeGreaterThan(4_680_000);
    expect(closed.closedBy).toBe("WORKFLOW_EXECUTION_TERMINATED");
    const { events } = JSON.parse(new TextDecoder().decode(closed.bytes)) as { events: { eventId: string }[] };
    expect(events.map(({ eventId }) => Number(eventId))).toEqual(events.map((_event, i) => i + 1));
    expect(events.length).toBeGreaterThanOrEqual(signals + 2);
    expect(closed.events).toBe(events.length);
  });

  it("of a run that the server does not know is told apart from a server that is away", async () => {
    const client = new Client({ connection, namespace });
    await expect(exportRun(client, "site/none", "01a1fd4c-e362-7bf2-92cf-9f5ec1a417d5")).rejects.toThrow(
      UnknownRunError,
    );
  });
});

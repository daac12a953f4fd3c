import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { exportRun } from "../../src/adapters/temporal/history.ts";
import { linkRun } from "../../src/domain/evidence/linkRun.ts";
import type { EvidenceRun } from "../../src/domain/evidence/model.ts";
import { PortDataError } from "../../src/ports/errors.ts";
import type { ClosedRun } from "../../src/ports/evidenceRuns.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { checkPayloads } from "../../src/replay/layers/payloads.ts";
import { openRun } from "../../src/replay/openRun.ts";
import { openReplayer, type ReplayedRun, type Replayer } from "../../src/replay/replayer.ts";
import { testTemporal } from "../support/stack.ts";
import { double, everyCommand, price } from "./fixtures/everyCommand.ts";
import { event, inPayload, type RawHistory } from "./forge.ts";
import { withWorker } from "./recordSite.ts";

const workflowsPath = fileURLToPath(new URL("./fixtures/everyCommand.ts", import.meta.url));
let closed: readonly ClosedRun[];
let replayer: Replayer;

beforeAll(async () => {
  closed = await record();
  replayer = await openReplayer(workflowsPath);
}, 120_000);
afterAll(() => replayer?.close());

/** Two runs of the fixture on the real server, with signals, an update and one that fails. */
async function record(): Promise<readonly ClosedRun[]> {
  const runs: ClosedRun[] = [];
  const id = randomBytes(4).toString("hex");
  await withWorker(testTemporal(), workflowsPath, (client, runWorker) =>
    runWorker(
      {
        taskQueue: `every-${id}`,
        activities: { note: async ({ price: value }: { price: number }) => `noted ${value}` },
      },
      async () => {
        const handle = await client.workflow.start(everyCommand, {
          workflowId: `every/${id}`,
          taskQueue: `every-${id}`,
          args: [1, id],
        });
        await expect(exportRun(client, handle.workflowId, handle.firstExecutionRunId)).rejects.toThrow(PortDataError);
        await handle.signal(price, 5);
        expect(await handle.executeUpdate(double, { args: [4] })).toBe(8);
        await expect(handle.executeUpdate(double, { args: [-4] })).rejects.toThrow(/Update failed/);
        const latest = client.workflow.getHandle(handle.workflowId);
        await handle.signal(price, 6);
        await vi.waitFor(async () => expect((await latest.describe()).runId).not.toBe(handle.firstExecutionRunId), {
          timeout: 20_000,
        });
        await latest.signal(price, 7);
        await latest.signal(price, 8);
        await latest.result();
        runs.push(await exportRun(client, handle.workflowId, handle.firstExecutionRunId));
        runs.push(await exportRun(client, handle.workflowId, runs[0]!.nextRunId!));
        await expect(exportRun(client, handle.workflowId, "01a1fd4c-e362-7bf2-92cf-9f5ec1a417d5")).rejects.toThrow(
          /does not know this run/,
        );
      },
    ),
  );
  return runs;
}

async function replay(n: number, change: (history: RawHistory) => void = () => undefined): Promise<ReplayedRun> {
  const history = JSON.parse(new TextDecoder().decode(closed[n]!.bytes)) as RawHistory;
  change(history);
  const run: EvidenceRun = linkRun(undefined, closed[n]!, sha256Hex);
  return replayer.replay(openRun(run, new TextEncoder().encode(JSON.stringify(history))));
}

function findings(run: ReplayedRun): readonly { where: string; expected: string; found: string }[] {
  const log = new LayerLog("payloads", "");
  checkPayloads(run, log);
  return log.findings;
}

describe("an exported run", () => {
  it("says how it ended, what follows it, and is hashed as it is stored", () => {
    expect(closed.map(({ closedBy }) => closedBy)).toEqual([
      "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
      "WORKFLOW_EXECUTION_COMPLETED",
    ]);
    expect(closed[0]!.nextRunId).toBe(closed[1]!.runId);
    for (const run of closed) expect(run.digest).toBe(sha256Hex(run.bytes));
  });

  it("gives the same bytes on replay as it was written: no command differs, whatever its kind", async () => {
    for (const n of [0, 1]) {
      const run = await replay(n);
      expect(run.error).toBeUndefined();
      expect(run.uncompared).toEqual([]);
      expect(findings(run)).toEqual([]);
    }
    const kinds = new Set((await replay(0)).shapes.map(({ key }) => key.replace(/[ /].*/, "")));
    expect(kinds).toEqual(new Set(["activity", "timer", "child", "signal", "search", "memo", "update", "end"]));
  });
});

describe("a forged history that Temporal's replay alone lets pass", () => {
  const forgeries: readonly (readonly [string, number, string, (history: RawHistory) => void])[] = [
    [
      "the duration of a timer",
      0,
      "milliseconds",
      (h) => {
        event(h, "TIMER_STARTED", (e) => e["userMetadata"] !== undefined)[
          "timerStartedEventAttributes"
        ].startToFireTimeout = "3600s";
      },
    ],
    [
      "the input of an activity",
      0,
      "input[0].value.price",
      (h) =>
        inPayload(
          event(h, "ACTIVITY_TASK_SCHEDULED")["activityTaskScheduledEventAttributes"].input.payloads[0],
          (i) => {
            i.price = 6;
          },
        ),
    ],
    [
      "the attempts allowed to an activity",
      0,
      "retryAttempts",
      (h) => {
        event(h, "ACTIVITY_TASK_SCHEDULED")["activityTaskScheduledEventAttributes"].retryPolicy.maximumAttempts = 30;
      },
    ],
    [
      "the summary that people read",
      0,
      "summary",
      (h) => {
        (event(h, "ACTIVITY_TASK_SCHEDULED", (e) => e["userMetadata"])["userMetadata"] as any).summary.data =
          Buffer.from('"price 9"').toString("base64");
      },
    ],
    [
      "the input of a child",
      0,
      "input[0]",
      (h) => {
        event(h, "START_CHILD_WORKFLOW_EXECUTION_INITIATED")[
          "startChildWorkflowExecutionInitiatedEventAttributes"
        ].input.payloads[0].data = Buffer.from("7").toString("base64");
      },
    ],
    [
      "whether a child outlives its parent",
      0,
      "parentClosePolicy",
      (h) => {
        event(h, "START_CHILD_WORKFLOW_EXECUTION_INITIATED")[
          "startChildWorkflowExecutionInitiatedEventAttributes"
        ].parentClosePolicy = "PARENT_CLOSE_POLICY_TERMINATE";
      },
    ],
    [
      "what was signalled to another workflow",
      0,
      "signal sent #1) input[0]",
      (h) => {
        event(h, "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED")[
          "signalExternalWorkflowExecutionInitiatedEventAttributes"
        ].input.payloads[0].data = Buffer.from("7").toString("base64");
      },
    ],
    [
      "a search attribute",
      0,
      "fields.SiteId",
      (h) => {
        event(h, "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES")[
          "upsertWorkflowSearchAttributesEventAttributes"
        ].searchAttributes.indexedFields.SiteId.data = Buffer.from('"x"').toString("base64");
      },
    ],
    [
      "a memo",
      0,
      "fields.first",
      (h) => {
        event(h, "WORKFLOW_PROPERTIES_MODIFIED")[
          "workflowPropertiesModifiedEventAttributes"
        ].upsertedMemo.fields.first.data = Buffer.from("7").toString("base64");
      },
    ],
    [
      "the outcome of an update",
      0,
      "success.value",
      (h) => {
        event(
          h,
          "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
          (e) => e["workflowExecutionUpdateCompletedEventAttributes"].outcome.success,
        )["workflowExecutionUpdateCompletedEventAttributes"].outcome.success.payloads[0].data =
          Buffer.from("9").toString("base64");
      },
    ],
    [
      "what the next run is handed",
      0,
      "(end) input[0]",
      (h) => {
        h.events.at(-1)!["workflowExecutionContinuedAsNewEventAttributes"].input.payloads[0].data =
          Buffer.from("7").toString("base64");
      },
    ],
    [
      "the result",
      1,
      "(end) result[0]",
      (h) => {
        h.events.at(-1)!["workflowExecutionCompletedEventAttributes"].result.payloads[0].data =
          Buffer.from('"done"').toString("base64");
      },
    ],
  ];
  it.each(forgeries)("is found by its payloads: %s", async (_, n, where, change) => {
    const run = await replay(n, change);
    expect(run.error).toBeUndefined();
    expect(findings(run).map((finding) => finding.where)).toContainEqual(expect.stringContaining(where));
  });
});

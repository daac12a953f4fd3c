import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { payloadsOf, runByHand } from "../../bench/support/workflowHarness.ts";
import type { CloseInput } from "../../workflows/contracts.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const input: CloseInput = {
  siteId: "pecan-draw",
  contracts: [
    { contractId: "mesquite-2024", effectiveFrom: "2024-01-01" },
    { contractId: "bluestem-2024", effectiveFrom: "2024-01-01", effectiveTo: "2026-10-01" },
  ],
};

/** As a start event of a schedule has it: a moment as JSON text, with its type beside it. */
function scheduledFor(due: string | undefined): object | undefined {
  if (due === undefined) return undefined;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const metadata = { encoding: bytes("json/plain"), type: bytes("Datetime") };
  return { indexedFields: { TemporalScheduledStartTime: { metadata, data: bytes(JSON.stringify(due)) } } };
}

/** What the closing of a day or month, due at `due` and started at `started`, begins; each child is there already. */
async function begun(
  workflowType: "closeDay" | "closeMonth",
  started: string,
  due?: string,
  statements: readonly string[] = [],
): Promise<string[]> {
  const startMs = Date.parse(started);
  const workflowId = `${workflowType}/pecan-draw`;
  const run = await runByHand({ workflowsPath, workflowType, workflowId, activities: ["dueOfMonth"], startMs });
  const children: string[] = [];
  try {
    let jobs: Parameters<typeof run.step>[1] = [
      {
        initializeWorkflow: {
          workflowId,
          workflowType,
          arguments: payloadsOf(input),
          searchAttributes: scheduledFor(due),
        },
      },
    ];
    for (;;) {
      const commands = await run.step(startMs, jobs);
      const failed = commands.find((one) => one.failWorkflowExecution);
      if (failed) throw new Error(failed.failWorkflowExecution?.failure?.message ?? "failed");
      const asked = commands.find((one) => one.scheduleActivity)?.scheduleActivity;
      if (asked) {
        const bytes = asked.arguments?.[0]?.data ?? new Uint8Array();
        const { month } = JSON.parse(new TextDecoder().decode(bytes)) as { month: object };
        const due = statements.map((contractId) => ({ contractId, period: month }));
        const result = payloadsOf(due)[0];
        jobs = [{ resolveActivity: { seq: asked.seq, result: { completed: { result } } } }];
        continue;
      }
      const child = commands.find((one) => one.startChildWorkflowExecution)?.startChildWorkflowExecution;
      if (!child) return children;
      const { workflowId: id, workflowType: type } = child;
      children.push(String(id));
      jobs = [
        {
          resolveChildWorkflowExecutionStart: {
            seq: child.seq,
            failed: { workflowId: id, workflowType: type, cause: 1 },
          },
        },
      ];
    }
  } finally {
    await run.close();
  }
}

describe("closings made up for after an outage", () => {
  it("settle each day that was due, not five times the day before the return", async () => {
    const due = ["23", "24", "25", "26", "27"].map((day) => `2026-11-${day}T06:20:00Z`);
    const settled = [];
    for (const at of due) settled.push(...(await begun("closeDay", "2026-11-27T21:05:00Z", at)));
    expect(settled).toEqual(["22", "23", "24", "25", "26"].map((day) => `settlement/pecan-draw/2026-11-${day}`));
  });

  it("state the month that was due on the 7th, also when the site is back in the month after", async () => {
    const due = ["mesquite-2024", "bluestem-2024"];
    expect(await begun("closeMonth", "2026-11-02T16:00:00Z", "2026-10-07T15:00:00Z", due)).toEqual([
      "statement/pecan-draw/mesquite-2024/2026-09-01..2026-09-30",
      "statement/pecan-draw/bluestem-2024/2026-09-01..2026-09-30",
    ]);
  });

  it("settle the day before when a person starts one", async () => {
    expect(await begun("closeDay", "2026-11-01T06:20:00Z")).toEqual(["settlement/pecan-draw/2026-10-31"]);
  });
});

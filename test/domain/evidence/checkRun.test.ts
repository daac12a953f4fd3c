import { describe, expect, it } from "vitest";
import { checkRun } from "../../../src/domain/evidence/checkRun.ts";
import type { HistoryEvent } from "../../../src/domain/evidence/historyEvent.ts";
import type { EvidenceRun } from "../../../src/domain/evidence/model.ts";

const at = "2026-08-18T12:00:00.000Z";
const run = {
  file: "runs/0001.json",
  workflowId: "site/pecan-draw",
  runId: "run-1",
  events: 3,
  closedAt: at,
  buildId: "unknown",
} as unknown as EvidenceRun;

/** A run whose options were updated between its start and its end, with these attributes (Temporal API 1.53). */
function updated(attributes: HistoryEvent["attributes"]): HistoryEvent[] {
  return [
    {
      eventId: 1,
      type: "WORKFLOW_EXECUTION_STARTED",
      eventTime: at,
      attributes: { workflowId: "site/pecan-draw", originalExecutionRunId: "run-1" },
    },
    { eventId: 2, type: "WORKFLOW_EXECUTION_OPTIONS_UPDATED", eventTime: at, attributes },
    { eventId: 3, type: "WORKFLOW_EXECUTION_TERMINATED", eventTime: at, attributes: { reason: "the test ends" } },
  ];
}

describe("a run whose worker build was changed from outside", () => {
  it.each([
    ["let go on by the current build", { versioningOverride: { autoUpgrade: true } }],
    ["left to its own build again", { unsetVersioningOverride: true }],
  ])("%s, as Ballast does to a run whose build is gone, is told to the reader", (_what, attributes) => {
    const { findings, notes } = checkRun(run, updated(attributes));
    expect(findings).toEqual([]);
    expect(notes).toEqual([
      "runs/0001.json: event 2 WORKFLOW_EXECUTION_OPTIONS_UPDATED: the run goes on by the build that is current",
    ]);
  });

  it.each([
    ["pinned to a build by hand", { versioningOverride: { pinned: { version: { buildId: "0badc0de" } } } }],
    ["changed in nothing that is said", {}],
    ["let go in words only", { versioningOverride: { autoUpgrade: "true" } }],
  ])("%s is a finding", (_what, attributes) => {
    const { findings } = checkRun(run, updated(attributes));
    expect(findings).toEqual([
      {
        where: "runs/0001.json event 2 WORKFLOW_EXECUTION_OPTIONS_UPDATED",
        expected: "nobody moves the run by hand",
        found: "options updated",
      },
    ]);
  });
});

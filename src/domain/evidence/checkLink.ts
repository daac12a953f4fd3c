import { canonicalJson } from "./canonicalJson.ts";
import { type HistoryEvent, memberAt, textAt } from "./historyEvent.ts";
import type { EvidenceRun, Mismatch } from "./model.ts";

/** The two ends of a run that its neighbors are held against. */
export interface RunEnds {
  readonly run: EvidenceRun;
  readonly started: HistoryEvent;
  readonly last: HistoryEvent;
}

/**
 * One run follows the other: the earlier ended by continue-as-new, names the later, handed it exactly the input that
 * the later started with, and both belong to one chain of one workflow. `previous` absent: the bundle's first run,
 * which must be the chain's first when its sequence is 1. Source: `newExecutionRunId`, `continuedExecutionRunId`,
 * `firstExecutionRunId` of the Temporal history API.
 */
export function checkLink(previous: RunEnds | undefined, next: RunEnds): Mismatch[] {
  const findings: Mismatch[] = [];
  const same = (what: string, expected: string | undefined, found: string | undefined): void => {
    if (expected !== found)
      findings.push({
        where: `${next.run.file} ${what}`,
        expected: expected ?? "nothing",
        found: found ?? "nothing",
      });
  };
  const continued = textAt(next.started.attributes, "continuedExecutionRunId");
  if (previous === undefined) {
    if (next.run.sequence === 1) same("continues from", undefined, continued);
    return findings;
  }
  same("sequence", String(previous.run.sequence + 1), String(next.run.sequence));
  same("workflowId", previous.run.workflowId, next.run.workflowId);
  same("end of the run before", "WORKFLOW_EXECUTION_CONTINUED_AS_NEW", previous.last.type);
  if (previous.last.type !== "WORKFLOW_EXECUTION_CONTINUED_AS_NEW") return findings;
  same("run id named by the run before", textAt(previous.last.attributes, "newExecutionRunId"), next.run.runId);
  same("continues from", previous.run.runId, continued);
  same(
    "first run of the chain",
    textAt(previous.started.attributes, "firstExecutionRunId"),
    textAt(next.started.attributes, "firstExecutionRunId"),
  );
  same(
    "workflow type",
    textAt(previous.last.attributes, "workflowType", "name"),
    textAt(next.started.attributes, "workflowType", "name"),
  );
  const handedOver: readonly (readonly [string, readonly string[]])[] = [
    ["input", ["input", "payloads"]],
    ["memo", ["memo", "fields"]],
    ["search attributes", ["searchAttributes", "indexedFields"]],
  ];
  for (const [what, path] of handedOver) {
    const [left, began] = [previous.last, next.started].map((event) =>
      canonicalJson(memberAt(event.attributes, ...path) ?? null),
    );
    if (left !== began) same(`start ${what}`, `the ${what} that the run before handed over`, "another one");
  }
  return findings;
}

import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from "@temporalio/common";
import { ParentClosePolicy, startChild, workflowInfo } from "@temporalio/workflow";
import { type RunSiteInput, workflowIds } from "./contracts.ts";
import { exportEvidence } from "./exportEvidence.ts";
import { unlessStarted } from "./unlessStarted.ts";

const siteIdKey = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);

/** Begins the export of the run that ended before this one, in a workflow of its own that outlives this run. */
export async function startExport({ plan: { siteId }, state, previousRunId, recovered }: RunSiteInput): Promise<void> {
  const runId = recovered?.runId ?? previousRunId;
  if (runId === undefined) return;
  const request = {
    siteId,
    workflowId: workflowInfo().workflowId,
    runId,
    lastSequence: state.sequence,
    cause: recovered?.cause ?? "the run ended and its history was not exported while the server still had it",
    actor: recovered?.actor ?? "ballast",
  };
  await unlessStarted(() =>
    startChild(exportEvidence, {
      workflowId: workflowIds.exported(siteId, runId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: new TypedSearchAttributes([{ key: siteIdKey, value: siteId }]),
      args: [request],
    }),
  );
}

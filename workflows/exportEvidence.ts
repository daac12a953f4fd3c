import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { isCancellation, log, proxyActivities, upsertSearchAttributes } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import type { ExportReceipt, ExportRequest } from "../src/domain/evidence/model.ts";
import { exportAtLength, exportSoon } from "./options.ts";

const soon = proxyActivities<Activities>(exportSoon);
const atLength = proxyActivities<Activities>(exportAtLength);
const needsReview = defineSearchAttributeKey("NeedsReview", SearchAttributeType.BOOL);

/**
 * Exports one closed run of a site as evidence, beside the run that follows it and never in its way. When the first
 * tries fail, somebody is asked to look, and it is tried until it holds. @throws CancelledFailure when it is cancelled
 */
export async function exportEvidence(request: ExportRequest): Promise<ExportReceipt> {
  try {
    return await soon.exportRun(request);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.error("a closed run is still not exported as evidence; somebody should look", {
      siteId: request.siteId,
      closedRunId: request.runId,
      problem: String(error),
    });
    upsertSearchAttributes([{ key: needsReview, value: true }]);
    const receipt = await atLength.exportRun(request);
    upsertSearchAttributes([{ key: needsReview, value: false }]);
    return receipt;
  }
}

import { createHash } from "node:crypto";
import { linkRun } from "../src/domain/evidence/linkRun.ts";
import type { EvidenceStore, RunHistories } from "../src/ports/evidenceRuns.ts";

export interface EvidenceDeps {
  readonly histories: RunHistories;
  readonly evidence: EvidenceStore;
}

/** Activities of the evidence. */
export function evidenceActivities({ histories, evidence }: EvidenceDeps) {
  return {
    /**
     * Export a closed run: its bytes, their digest, and its place in the site's chain. Asked again, it answers the
     * same.
     */
    async exportRun({
      siteId,
      workflowId,
      runId,
    }: {
      siteId: string;
      workflowId: string;
      runId: string;
    }): Promise<{ sequence: number; digest: string; chainHash: string }> {
      const kept = (await evidence.runs(siteId)).find((run) => run.runId === runId);
      if (kept) return { sequence: kept.sequence, digest: kept.digest, chainHash: kept.chainHash };
      const closed = await histories.exportRun(workflowId, runId);
      const run = linkRun(await evidence.latestRun(siteId), closed, (text) =>
        createHash("sha256").update(text).digest("hex"),
      );
      await evidence.saveRun(siteId, run, closed.bytes);
      return { sequence: run.sequence, digest: run.digest, chainHash: run.chainHash };
    },
  };
}

import { createHash } from "node:crypto";
import { CHAIN_GENESIS, chainText } from "../src/domain/evidence/chainText.ts";
import type { EvidenceRun } from "../src/domain/evidence/model.ts";
import type { EvidenceStore, RunHistories } from "../src/ports/evidenceRuns.ts";

export interface EvidenceDeps {
  readonly histories: RunHistories;
  readonly evidence: EvidenceStore;
}

/** Activities of the evidence. */
export function evidenceActivities({ histories, evidence }: EvidenceDeps) {
  return {
    /** Export a closed run: its bytes, their digest, and its place in the site's chain. Asked again, it answers the same. */
    async exportRun({ siteId, workflowId, runId }: { siteId: string; workflowId: string; runId: string }): Promise<{ sequence: number; digest: string; chainHash: string }> {
      const kept = (await evidence.runs(siteId)).find((run) => run.runId === runId);
      if (kept) return { sequence: kept.sequence, digest: kept.digest, chainHash: kept.chainHash };
      const closed = await histories.exportRun(workflowId, runId);
      const previous = await evidence.latestRun(siteId);
      const previousChainHash = previous?.chainHash ?? CHAIN_GENESIS;
      const sequence = previous === undefined ? 1 : previous.sequence + 1;
      const { closedAt, events, buildId, digest } = closed;
      const chainHash = createHash("sha256").update(chainText(previousChainHash, digest, { workflowId, runId, sequence, closedAt, events, buildId })).digest("hex");
      const run: EvidenceRun = { workflowId, runId, sequence, closedAt, events, file: "", digest, chainHash, previousChainHash, buildId };
      await evidence.saveRun(siteId, run, closed.bytes);
      return { sequence, digest, chainHash };
    },
  };
}

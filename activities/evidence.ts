import { createHash } from "node:crypto";
import { activityInfo } from "@temporalio/activity";
import { gapText } from "../src/domain/evidence/gapText.ts";
import { type ExportedRun, linkRun } from "../src/domain/evidence/linkRun.ts";
import type {
  EvidenceRun,
  ExportReceipt,
  ExportRequest,
  GapRecord,
  ManifestSignature,
} from "../src/domain/evidence/model.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import { PortDataError } from "../src/ports/errors.ts";
import { type EvidenceStore, type RunHistories, UnknownRunError } from "../src/ports/evidenceRuns.ts";
import type { Log } from "../src/ports/log.ts";
import type { SiteLedger } from "../src/ports/siteLedger.ts";

export interface EvidenceDeps {
  readonly histories: RunHistories;
  readonly evidence: EvidenceStore;
  readonly siteLedger: SiteLedger;
  /** A gap is dated by it: no history says when. */
  readonly witness: ClockWitness;
  readonly log: Log;
  /** Build of this program, and its key: a gap is recorded under both. */
  readonly gaps: { readonly buildId: string; sign(text: string): ManifestSignature };
}

/** Activities of the evidence. They throw what the ports throw, which is tried again, and say so in the log. */
export function evidenceActivities({ histories, evidence, siteLedger, witness, log, gaps }: EvidenceDeps) {
  return {
    /**
     * Export a closed run, and every run before it that is not kept yet: bytes, digest and place in the site's chain.
     * In place of a run that the server does not know any more goes a signed gap record. Asked again, it answers the
     * same.
     */
    async exportRun(request: ExportRequest): Promise<ExportReceipt> {
      try {
        for (const runId of await runsDue(request)) await keep({ ...request, runId });
        const kept = (await evidence.runs(request.siteId)).find((run) => run.runId === request.runId);
        if (kept === undefined) throw new PortDataError(`Run ${request.runId} was kept and is not there.`);
        return { sequence: kept.sequence, digest: kept.digest, chainHash: kept.chainHash };
      } catch (error) {
        const { siteId, runId } = request;
        log.error(
          { siteId, runId, attempt: activityInfo().attempt, problem: String(error) },
          "a closed run could not be exported as evidence; the site goes on, and it is tried again",
        );
        throw error;
      }
    },
  };

  /** Runs not kept, oldest first: the chain is in the order in which they ended. */
  async function runsDue(request: ExportRequest): Promise<string[]> {
    const kept = new Set((await evidence.runs(request.siteId)).map((run) => run.runId));
    const due: string[] = [];
    let next: string | undefined = request.runId;
    while (next !== undefined && !kept.has(next) && !due.includes(next)) {
      due.unshift(next);
      next = await runBefore(request, due);
    }
    return due;
  }

  /** As the run says itself; the ledger knows what came before a chain's first, and before a run that is lost. */
  async function runBefore(request: ExportRequest, due: readonly string[]): Promise<string | undefined> {
    const said = await histories.runBefore(request.workflowId, due[0] as string).catch((error: unknown) => {
      if (error instanceof UnknownRunError) return undefined;
      throw error;
    });
    if (said !== undefined) return said;
    const spans = await siteLedger.unexported(request.siteId);
    const before = Math.min(
      request.lastSequence + 1,
      ...spans.filter(({ runId }) => due.includes(runId)).map(({ firstSequence }) => firstSequence),
    );
    return spans.findLast(({ runId, lastSequence }) => !due.includes(runId) && lastSequence < before)?.runId;
  }

  async function keep(request: ExportRequest): Promise<void> {
    const { siteId, workflowId, runId } = request;
    const latest = await evidence.latestRun(siteId);
    try {
      const closed = await histories.exportRun(workflowId, runId);
      await evidence.saveRun(siteId, linked(latest, closed), closed.bytes);
    } catch (error) {
      if (!(error instanceof UnknownRunError)) throw error;
      const gap = await gapOf(request);
      const bytes = new TextEncoder().encode(`${JSON.stringify(gap, null, 1)}\n`);
      await evidence.saveRun(siteId, linked(latest, inPlace(gap, bytes)), bytes);
      log.error(
        { siteId, runId, firstSequence: gap.firstSequence, lastSequence: gap.lastSequence, cause: gap.cause },
        "the history of a closed run is lost: a gap is recorded in the site's evidence",
      );
    }
  }

  async function gapOf({ siteId, workflowId, runId, lastSequence, cause, actor }: ExportRequest): Promise<GapRecord> {
    const gap: Omit<GapRecord, "signature"> = {
      schema: "ballast.gap/1",
      siteId,
      workflowId,
      runId,
      ...(await siteLedger.spanEnd(siteId, runId, lastSequence)),
      recordedAt: await witness.realNow(),
      cause,
      actor,
    };
    return { ...gap, signature: gaps.sign(gapText(gap)) };
  }

  function inPlace({ workflowId, runId, recordedAt }: GapRecord, bytes: Uint8Array): ExportedRun {
    return {
      workflowId,
      runId,
      closedAt: recordedAt,
      events: 0,
      digest: sha256(bytes),
      buildId: gaps.buildId,
      gap: true,
    };
  }

  function linked(latest: EvidenceRun | undefined, exported: ExportedRun): EvidenceRun {
    return linkRun(latest, exported, sha256);
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

import { CHAIN_GENESIS, chainText } from "./chainText.ts";
import type { EvidenceRun } from "./model.ts";

/** What an export tells about one closed run, or about the gap in its place. */
export type ExportedRun = Pick<
  EvidenceRun,
  "workflowId" | "runId" | "closedAt" | "events" | "digest" | "buildId" | "gap"
>;

/**
 * The next link of a site's chain.
 * @param previous the chain's last run; absent for the first
 * @param hash SHA-256 of a text, hex
 */
export function linkRun(
  previous: EvidenceRun | undefined,
  exported: ExportedRun,
  hash: (text: string) => string,
): EvidenceRun {
  const { workflowId, runId, closedAt, events, digest, buildId, gap } = exported;
  const sequence = previous === undefined ? 1 : previous.sequence + 1;
  const previousChainHash = previous === undefined ? CHAIN_GENESIS : previous.chainHash;
  const chainHash = hash(
    chainText(previousChainHash, digest, { workflowId, runId, sequence, closedAt, events, buildId, gap }),
  );
  return {
    workflowId,
    runId,
    sequence,
    closedAt,
    events,
    file: runFile(sequence, runId),
    digest,
    chainHash,
    previousChainHash,
    buildId,
    ...(gap === true ? { gap } : {}),
  };
}

/** Path of a run's history inside a bundle. */
export function runFile(sequence: number, runId: string): string {
  return `runs/${String(sequence).padStart(5, "0")}-${runId}.json`;
}

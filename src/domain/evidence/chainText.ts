import type { EvidenceRun } from "./model.ts";
import { canonicalJson } from "./canonicalJson.ts";

/** `previousChainHash` of a site's first run. */
export const CHAIN_GENESIS = "genesis";

/** What the chain binds beside the history's bytes. */
export type ChainMetadata = Pick<
  EvidenceRun,
  "workflowId" | "runId" | "sequence" | "closedAt" | "events" | "buildId" | "gap"
>;

/**
 * Text whose SHA-256 (hex) is a run's `chainHash`: the previous link, the digest of the stored history and what names
 * the run. Changing, dropping, inserting or reordering a run changes every later link.
 * @param previousChainHash chain hash of the run before, `genesis` for the first
 * @param digest SHA-256 (hex) of the stored bytes
 */
export function chainText(previousChainHash: string, digest: string, metadata: ChainMetadata): string {
  const { workflowId, runId, sequence, closedAt, events, buildId, gap } = metadata;
  const run = { previousChainHash, digest, workflowId, runId, sequence, closedAt, events, buildId, gap };
  return `ballast.chain/1\n${canonicalJson(run)}`;
}

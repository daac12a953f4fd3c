import type { Instant } from "../units/instant.ts";
import { canonicalJson } from "./canonicalJson.ts";
import type { ManifestSignature } from "./model.ts";

/**
 * Stands in a site's chain in place of a closed run whose history could not be had any more: what is known of it by the
 * ledger, why it is missing, and on whose word. It proves nothing about the decisions it names; it says that they were
 * made and that their evidence is lost.
 */
export interface GapRecord {
  readonly schema: "ballast.gap/1";
  readonly siteId: string;
  readonly workflowId: string;
  /** The run that is missing. */
  readonly runId: string;
  /** First decision of the run; absent when it made none. */
  readonly firstSequence?: number;
  /** Last decision of the run, or the last before it when it made none; 0 and `genesis` before the first. */
  readonly lastSequence: number;
  readonly lastRecordHash: string;
  /** Newest revision dispatched by then, 0 before the first. */
  readonly lastRevision: number;
  /** Real time at which the gap was recorded. */
  readonly recordedAt: Instant;
  readonly cause: string;
  /** Who let the site go on: an operator's name, or `ballast` where it came back by itself. */
  readonly actor: string;
  /** Ed25519 over `gapText`. */
  readonly signature: ManifestSignature;
}

/** Text of a gap record that its signature is over. @throws CanonicalJsonError for a value without a JSON form */
export function gapText(gap: Omit<GapRecord, "signature">): string {
  return canonicalJson({ ...gap, signature: undefined });
}

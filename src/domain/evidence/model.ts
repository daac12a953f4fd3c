import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";

/** One closed run of a site's workflow, or the gap that it left. */
export interface EvidenceRun {
  readonly workflowId: string;
  readonly runId: string;
  /** Position in the site's chain, from 1. */
  readonly sequence: number;
  readonly closedAt: Instant;
  readonly events: number;
  /** Path of the history (proto JSON) inside the bundle. */
  readonly file: string;
  /** SHA-256 (hex) of the stored bytes. */
  readonly digest: string;
  /** SHA-256 of `previousChainHash`, digest and metadata; `genesis` starts the chain. */
  readonly chainHash: string;
  readonly previousChainHash: string;
  /** Version of the workflow code that wrote it; of a gap, the program that recorded it. */
  readonly buildId: string;
  /** The file holds a `GapRecord` and no history: the run's own could not be had. */
  readonly gap?: true;
}

/** What the export of a closed run needs to know. */
export interface ExportRequest {
  readonly siteId: SiteId;
  readonly workflowId: string;
  /** The closed run. */
  readonly runId: string;
  /** Last decision made by then. */
  readonly lastSequence: number;
  /** Why the run ended, and who let the site go on: said in a gap record, should the history be lost. */
  readonly cause: string;
  readonly actor: string;
}

/** Place of an exported run, or of its gap, in the chain. */
export interface ExportReceipt {
  readonly sequence: number;
  readonly digest: string;
  readonly chainHash: string;
}

/** Ed25519 (RFC 8032) over a canonical text. */
export interface ManifestSignature {
  readonly algorithm: "ed25519";
  /** First 16 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  readonly valueBase64: string;
}

export interface EvidenceFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** Table of contents of an audit bundle (a folder): everything a stranger needs to check it offline. */
export interface BundleManifest {
  readonly schema: "ballast.bundle/1";
  readonly siteId: SiteId;
  readonly createdAt: Instant;
  readonly buildId: string;
  readonly runs: readonly EvidenceRun[];
  /** Settlement day inputs and results, statements, command ledger, meter registers, source documents. */
  readonly settlements: readonly EvidenceFile[];
  readonly statements: readonly EvidenceFile[];
  readonly ledgers: readonly EvidenceFile[];
  readonly documents: readonly EvidenceFile[];
  /** Head of the chain after the last run: publish it outside our control. */
  readonly headChainHash: string;
  /** Hash tree over the digests of the runs closed on each UTC day: one value a day to publish. */
  readonly dailyRoots?: readonly { readonly day: string; readonly runs: number; readonly root: string }[];
  /** What was wrong with the archive of documents when the bundle was written, and what to do; absent when nothing. */
  readonly archiveProblem?: string;
  /** Ed25519 over the manifest's canonical text without this member. */
  readonly signature?: ManifestSignature;
}

/**
 * Stands in a site's chain in place of a closed run whose history could not be had any more: what is known of it by the
 * ledger, why it is missing, and on whose word. It proves nothing about the decisions it names; it says that they were
 * made and that their evidence is lost.
 */
export interface GapRecord {
  readonly schema: "ballast.gap/1";
  readonly siteId: SiteId;
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

/** Something that does not follow from what it should follow from. */
export interface Mismatch {
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** A mismatch and the audit's layer that found it. */
export interface AuditFinding extends Mismatch {
  readonly layer: string;
}

/** What a verdict is about, by the bundle's manifest, and what of it was held against something from elsewhere. */
export interface AuditSubject {
  readonly siteId: SiteId;
  /** Operating days with a settled version in the bundle, rising. */
  readonly settledDays: readonly string[];
  readonly headChainHash: string;
  /** A head published earlier was given. */
  readonly headGiven: boolean;
  /** Of the key that the manifest names; absent when it is not signed. */
  readonly keyId?: string;
  /** A public key was given. */
  readonly keyGiven: boolean;
  /** Of that key: another one than the manifest names checks nothing. */
  readonly givenKeyId?: string;
}

export interface AuditVerdict {
  readonly ok: boolean;
  /** Absent from the verdict on a bundle's files alone. */
  readonly subject?: AuditSubject;
  /** Stretches whose histories are lost, by their own records: nothing in them was checked. */
  readonly gaps?: readonly GapRecord[];
  /** Which runs each build of the workflow code wrote, by sequence; in the order of their first runs. */
  readonly builds?: readonly { readonly buildId: string; readonly runs: readonly number[] }[];
  /** Set when runs of the bundle were written by another build of rules and workflows than this program is. */
  readonly otherBuilds?: { readonly recorded: readonly string[]; readonly program: string };
  readonly layers: readonly {
    readonly layer: string;
    readonly checked: number;
    readonly what: string;
    readonly findings: readonly AuditFinding[];
    /** Told to the reader, no ground for failure. */
    readonly notes?: readonly string[];
  }[];
}

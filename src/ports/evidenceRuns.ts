import type { EvidenceRun } from "../domain/evidence/model.ts";
import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import { PortDataError } from "./errors.ts";

/** The server has no history of this run: past its retention, or a run of another server or namespace. */
export class UnknownRunError extends PortDataError {
  override name = "UnknownRunError";
}

/** One closed run as exported: the bytes that are kept and what they say about themselves. */
export interface ClosedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** The history in proto JSON, UTF-8: exactly what is stored, hashed and later audited. */
  readonly bytes: Uint8Array;
  /** SHA-256 (hex) of `bytes`. */
  readonly digest: string;
  readonly events: number;
  readonly closedAt: Instant;
  /** Build id of the worker that completed the last workflow task. */
  readonly buildId: string;
  /** Type of the closing event, for example `WORKFLOW_EXECUTION_CONTINUED_AS_NEW`. */
  readonly closedBy: string;
  /** The run that follows, when this one continued as new. */
  readonly nextRunId?: string;
}

/** Histories of closed runs. */
export interface RunHistories {
  /**
   * Fetch one closed run. Throws PortUnavailableError when the server is away, UnknownRunError when it has no such
   * run, PortDataError when the run is not closed yet.
   */
  exportRun(workflowId: string, runId: string): Promise<ClosedRun>;
  /**
   * The run that this one continues, as it says of itself; undefined for the first of a chain. Throws as `exportRun`,
   * but does not ask whether the run is closed.
   */
  runBefore(workflowId: string, runId: string): Promise<string | undefined>;
}

/** The chain of a site's runs and their bytes. Append-only. Throws PortUnavailableError when the database is away. */
export interface EvidenceStore {
  /** Last run of the site's chain. */
  latestRun(siteId: SiteId): Promise<EvidenceRun | undefined>;
  /** Keep a run once; the same run again is a no-op, other bytes under the same run are a PortConflictError. */
  saveRun(siteId: SiteId, run: EvidenceRun, bytes: Uint8Array): Promise<void>;
  /** Runs of the chain, ascending by sequence. */
  runs(siteId: SiteId): Promise<readonly EvidenceRun[]>;
  historyBytes(runId: string): Promise<Uint8Array>;
}

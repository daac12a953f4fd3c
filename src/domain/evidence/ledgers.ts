import type { OperatorKey } from "./operatorAdmission.ts";
import type { CommandOutcome } from "../dispatch/model.ts";
import type { DocumentTimes, OperatingDay } from "../market/model.ts";
import type { CohortChange } from "../settlement/curtailedSpans.ts";
import type { JournalEntry } from "../settlement/model.ts";
import type { Statement } from "../statement/model.ts";
import type { MeterReading } from "../verification/model.ts";
import type { ClientId, CohortId, MachineId, MeterId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";

/** One line of a bundle's `ledgers/commands.jsonl`: what one machine was told. */
export interface CommandLedgerRow {
  readonly revision: number;
  /** 0 for the first wave, then one for each time stragglers were driven again. */
  readonly attempt: number;
  readonly machineId: MachineId;
  readonly cohortId: CohortId;
  readonly modeId: string;
  readonly outcome: CommandOutcome;
  /** Restart-type commands put on the wire. */
  readonly writes: number;
  readonly at: Instant;
}

/** One line of `ledgers/operators.jsonl`: a key with which a request of an operator was admitted at this site. */
export type OperatorLedgerRow = Omit<OperatorKey, "sites">;

/** One line of `ledgers/registers.jsonl`: a meter's register at an interval boundary, Wh as integer text. */
export interface RegisterLedgerRow {
  readonly meterId: MeterId;
  readonly boundaryAt: Instant;
  readonly readAt: Instant;
  /** Absent when the meter gave none: never 0. */
  readonly registerWh?: string;
  readonly quality: MeterReading["quality"];
}

/** One line of `ledgers/meters.jsonl`: what a register belongs to. */
export interface MeterLedgerRow {
  readonly meterId: MeterId;
  /** The client whose feeder it is; absent for the site's own meter. */
  readonly clientId?: ClientId;
  /** The register starts again at 0 after this many Wh, integer text. */
  readonly rolloverWh: string;
  /** Most that it can count in a quarter hour, integer text. */
  readonly plausibleMaxWh?: string;
  /** First boundary at which a feeder was ever read. */
  readonly readSince?: Instant;
}

/**
 * One line of `ledgers/timeline.jsonl`: what a cohort's machines are commanded to from `at` on, over those that were
 * able to run.
 */
export type TimelineLedgerRow = CohortChange & { readonly sequence: number };

/**
 * One line of `ledgers/journal.jsonl`: an entry with its postings as it stands in the journal; day by day, in the order
 * of posting.
 */
export type JournalLedgerRow = JournalEntry;

/** One entry of `documents/index.json`; the bytes lie in `documents/<sha256>`. */
export interface BundleDocument extends DocumentTimes {
  readonly sha256: string;
  readonly source: string;
  readonly documentId: string;
  readonly contentType: string;
}

/** Which settled versions an adjustment of an earlier period compares. */
export interface AdjustmentRef {
  readonly originalStatementId: string;
  /** How the lines of the statement were drawn, of one of schema 1. */
  readonly originalSchema?: Statement["schema"];
  readonly originalPeriod: { readonly from: OperatingDay; readonly to: OperatingDay };
  readonly previous: readonly { readonly operatingDay: OperatingDay; readonly version: number }[];
  readonly next: readonly { readonly operatingDay: OperatingDay; readonly version: number }[];
}

/** Content of a bundle's `statements/<id>.json`; the text and CSV beside it are what the client was given. */
export interface BundleStatement {
  readonly statement: Statement;
  readonly adjustments?: readonly AdjustmentRef[];
}

import type { CommandOutcome } from "../dispatch/model.ts";
import type { MeterReading } from "../verification/model.ts";
import type { Instant } from "../units/instant.ts";

/** One line of a bundle's `ledgers/commands.jsonl`: what one machine was told, in the order in which the site was commanded. */
export interface CommandLedgerRow {
  readonly revision: number;
  /** 0 for the first wave, then one for each time stragglers were driven again. */
  readonly attempt: number;
  readonly machineId: string;
  readonly cohortId: string;
  readonly modeId: string;
  readonly outcome: CommandOutcome;
  /** Restart-type commands put on the wire. */
  readonly writes: number;
  readonly at: Instant;
}

/** One line of a bundle's `ledgers/registers.jsonl`: a meter's register at an interval boundary, Wh as integer text. */
export interface RegisterLedgerRow {
  readonly meterId: string;
  readonly boundaryAt: Instant;
  readonly readAt: Instant;
  /** Absent when the meter gave none: never 0. */
  readonly registerWh?: string;
  readonly quality: MeterReading["quality"];
  /** The client whose feeder it is; absent for the site's own meter. */
  readonly clientId?: string;
}

/** One entry of a bundle's `documents/index.json`; the bytes lie in `documents/<sha256>`. */
export interface BundleDocument {
  readonly sha256: string;
  readonly source: string;
  readonly documentId: string;
  readonly contentType: string;
  readonly fetchedAt: Instant;
}

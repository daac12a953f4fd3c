import type { MeterId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";

/** One reading of one meter. Missing values are absent, never 0. */
export interface MeterReading {
  readonly meterId: MeterId;
  /** Market time of the read. */
  readonly readAt: Instant;
  readonly powerKw?: number;
  /** Cumulative import register in Wh; rolls over at the meter's own limit. */
  readonly registerWh?: bigint;
  readonly quality: "metered" | "stale" | "missing";
}

/** Meter before the order, meter now, machines read back. */
export interface ResponseInput {
  readonly revision: number;
  readonly orderedAt: Instant;
  readonly readAt: Instant;
  readonly expectedDeltaKw: number;
  /**
   * What the machines that are told no higher mode did not draw of their power when last surveyed before the order, kW:
   * the reading from before may lack it, and load that rises since may hide a shed. Absent for none.
   */
  readonly undrawnKw?: number;
  /**
   * Set when this revision took another back before its verdict: the change it was planned to make from where that one
   * was to lead, kW. Expected change and reading from before are then those against the base of that one.
   */
  readonly plannedDeltaKw?: number;
  readonly beforeKw?: number;
  readonly nowKw?: number;
  readonly machines: number;
  readonly atTarget: number;
  readonly stragglers: number;
  readonly unread: number;
}

export interface ResponseVerdict {
  readonly outcome: "confirmed" | "short" | "unknown";
  /** Metered change, kW; negative sheds. Absent when the meter was silent. */
  readonly measuredDeltaKw?: number;
  /** measured ÷ expected, absent when either is missing or nothing was expected. */
  readonly shareOfExpected?: number;
  readonly secondsSinceOrder: number;
  readonly sentence: string;
}

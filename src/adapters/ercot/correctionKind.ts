const CAPACITY = "MCPCCorrected";
const LMP = "LMPCorrected";
const RUN = "SCEDTimestamp";

/** What a document of corrections corrects: clearing prices for capacity, prices of SCED runs, or prices of points. */
export type CorrectionKind = "capacity" | "capacity by run" | "point" | "point by run";

/**
 * Which of ERCOT's documents of corrections (NP4-196-M, NP4-197-M) these columns are of, by the name of the corrected
 * price and of the run. An answer of the Public API writes a type behind each name. Pure.
 */
export function correctionKind(columns: readonly string[]): CorrectionKind {
  const has = (name: string): boolean => columns.some((one) => one.toLowerCase().startsWith(name.toLowerCase()));
  const of = has(CAPACITY) ? "capacity" : "point";
  return has(RUN) || has(LMP) ? `${of} by run` : of;
}

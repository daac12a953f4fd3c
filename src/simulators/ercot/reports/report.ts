import type { PriceDay } from "../priceDay.ts";

/** Delays between an event and the moment its document exists, in market seconds. */
export interface PublicationTimes {
  readonly lmpDelaySeconds: number;
  readonly sppDelaySeconds: number;
  /** Every delay is shifted by a fixed draw within ± this. */
  readonly jitterSeconds: number;
  readonly seed: number;
}

/** What ERCOT publishes in one document of a report. */
export interface ReportDocument {
  /** `LMPSROSNODENP6788_20260818_170012` */
  readonly stem: string;
  /** Start of the SCED run or of the interval. */
  readonly aboutMs: number;
  readonly publishMs: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A report of ERCOT's public MIS lists. */
export interface SimulatedReport {
  /** Number among the MIS lists, at most five digits. */
  readonly reportTypeId: number;
  readonly reportName: string;
  /** How long a document stays in the list after its publication. */
  readonly listedMs: number;
  /** Every document about the days. */
  documents(day: PriceDay, times: PublicationTimes): readonly ReportDocument[];
}

/** Lists of reports that come many times an hour hold the last six hours. */
export const SIX_HOURS_MS = 6 * 3_600_000;

/**
 * Delay of a document about a moment, market milliseconds: at least a second, shifted by a draw that is fixed by seed,
 * kind and moment.
 */
export function delayMs(
  kind: string,
  atMs: number,
  delaySeconds: number,
  { jitterSeconds, seed }: PublicationTimes,
): number {
  const draw = hash(`${seed}/${kind}/${atMs}`) % (2 * jitterSeconds + 1);
  return Math.max(1, delaySeconds - jitterSeconds + draw) * 1000;
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

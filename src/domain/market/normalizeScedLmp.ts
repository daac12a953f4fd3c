import type { Instant } from "../units/instant.ts";
import type { DocumentTimes } from "./model.ts";
import { normalizePrice } from "./normalizeField.ts";
import { normalizeScedRun, type ScedRunRow } from "./normalizeScedRun.ts";

/** One row of NP6-788 as text, by logical field. */
export interface ScedLmpRow extends ScedRunRow {
  readonly lmp: string;
}

/**
 * Start and price of a SCED run at a settlement point, from a row of ERCOT report NP6-788 (SCED LMP by node, zone and
 * hub) of a document with these times.
 * @throws MarketRowError naming the column, what was found and what was expected; also as `normalizeScedRun`.
 */
export function normalizeScedLmp(
  row: ScedLmpRow,
  document: DocumentTimes,
): { readonly scedAt: Instant; readonly lmpUsdPerMwh: string } {
  return { lmpUsdPerMwh: normalizePrice("LMP", row.lmp), scedAt: normalizeScedRun(row, document) };
}

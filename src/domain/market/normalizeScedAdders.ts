import type { Instant } from "../units/instant.ts";
import type { AddersText } from "./addersText.ts";
import type { DocumentTimes } from "./model.ts";
import { normalizeDecimal, MarketRowError, normalizePrice } from "./normalizeField.ts";
import { normalizeScedRun, type ScedRunRow } from "./normalizeScedRun.ts";

/** One row of NP6-323 as text, by logical field. */
export interface ScedAddersRow extends AddersRow, ScedRunRow {}

/** What a row of NP6-323 or NP6-325 says beside its run, as text. */
export interface AddersRow {
  /** RTRDPA. */
  readonly adder: string;
  /** RTDNCLR. */
  readonly loadResources: string;
  /** RTDERS. */
  readonly ers: string;
  /** RTDLL: in reports from ERCOT's release 2026-R7 on. */
  readonly largeLoad?: string;
}

/** More than ERCOT's whole demand stands for no value. */
const DEPLOYED_MW_MAX = 200_000;

/**
 * Start of a SCED run with its adder and deployments, from a row of ERCOT report NP6-323 (real-time price adders by
 * SCED interval) of a document with these times.
 * @throws MarketRowError naming the column, what was found and what was expected; also as `normalizeScedRun`
 */
export function normalizeScedAdders(
  row: ScedAddersRow,
  document: DocumentTimes,
): AddersText & { readonly scedAt: Instant } {
  return {
    scedAt: normalizeScedRun(row, document),
    ...normalizeAdders(row),
  };
}

/** Adder and deployments of a row of NP6-323 or NP6-325. @throws MarketRowError as above */
export function normalizeAdders({ adder, loadResources, ers, largeLoad }: AddersRow): AddersText {
  return {
    adderUsdPerMwh: normalizePrice("RTRDPA", adder),
    loadResourcesMw: deployedMw("RTDNCLR", loadResources),
    ersMw: deployedMw("RTDERS", ers),
    ...(largeLoad === undefined ? {} : { largeLoadMw: deployedMw("RTDLL", largeLoad) }),
  };
}

function deployedMw(column: string, text: string): string {
  const mw = normalizeDecimal(column, text);
  if (Number(mw) < 0 || Number(mw) > DEPLOYED_MW_MAX)
    throw new MarketRowError(column, text, `MW from 0 to ${DEPLOYED_MW_MAX}`);
  return mw;
}

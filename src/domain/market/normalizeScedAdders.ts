import type { Instant } from "../units/instant.ts";
import type { AddersText, DeployedText } from "./addersText.ts";
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

/** What is told of a cell that cannot be read, and costs its row nothing else. */
export type OddCell = (problem: MarketRowError) => void;

/**
 * Start of a SCED run with its adder and deployments, from a row of ERCOT report NP6-323 (real-time price adders by
 * SCED interval) of a document with these times. Deployments as in `normalizeAdders`.
 * @throws MarketRowError naming the column, what was found and what was expected; also as `normalizeScedRun`
 */
export function normalizeScedAdders(
  row: ScedAddersRow,
  document: DocumentTimes,
  odd: OddCell,
): AddersText & { readonly scedAt: Instant } {
  return {
    scedAt: normalizeScedRun(row, document),
    ...normalizeAdders(row, odd),
  };
}

/**
 * Adder and deployments of a row of NP6-323 or NP6-325. A deployment that cannot be read is absent, unknown, and told
 * to `odd`: the adder is money in force, and stands without it.
 * @throws MarketRowError for an adder that cannot be read
 */
export function normalizeAdders({ adder, loadResources, ers, largeLoad }: AddersRow, odd: OddCell): AddersText {
  return {
    adderUsdPerMwh: normalizePrice("RTRDPA", adder),
    ...deployed("loadResourcesMw", "RTDNCLR", loadResources, odd),
    ...deployed("ersMw", "RTDERS", ers, odd),
    ...deployed("largeLoadMw", "RTDLL", largeLoad, odd),
  };
}

function deployed(name: keyof DeployedText, column: string, text: string | undefined, odd: OddCell): DeployedText {
  if (text === undefined) return {};
  try {
    return { [name]: deployedMw(column, text) };
  } catch (error) {
    if (!(error instanceof MarketRowError)) throw error;
    odd(error);
    return {};
  }
}

function deployedMw(column: string, text: string): string {
  const mw = normalizeDecimal(column, text);
  if (Number(mw) < 0 || Number(mw) > DEPLOYED_MW_MAX)
    throw new MarketRowError(column, text, `MW from 0 to ${DEPLOYED_MW_MAX}`);
  return mw;
}

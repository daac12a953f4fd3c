import { sameValueText } from "../units/decimal.ts";
import type { Instant } from "../units/instant.ts";
import { isUndated } from "./valueSeries.ts";

/** What one document that ERCOT published says of a value: a price in $/MWh as decimal text, or another one's text. */
export interface PriceStatement {
  /** Route and report, e.g. `mis/12301`. */
  readonly source: string;
  readonly documentId: string;
  readonly contentHash: string;
  readonly value: string;
  /** It comes from ERCOT's report of corrections. */
  readonly isCorrection: boolean;
  readonly publishedAt: Instant;
}

/**
 * The statement that stands among all that are known of one price: the newest by ERCOT's own publication, in whatever
 * order they were read, of NP6-788 or NP6-905 and of NP4-197-M, which corrects. A report that says again what it said
 * last, or whose very bytes are posted again, says nothing new: a price posted anew stays corrected, also where only
 * the later posting is known. The very bytes of an answer that is not dated say what it shows now.
 * @throws RangeError for none
 */
export function standingPrice<Statement extends PriceStatement>(statements: readonly Statement[]): Statement {
  const [first, ...later] = statements.toSorted(byPublication);
  if (first === undefined) throw new RangeError("standing price: expected at least one statement");
  const known = new Set([first.contentHash]);
  const lastOf = new Map([[first.source, first.value]]);
  let standing = first;
  let isCorrected = first.isCorrection;
  for (const one of later) {
    if (known.has(one.contentHash) && !isUndated(one.source)) continue;
    known.add(one.contentHash);
    const before = lastOf.get(one.source);
    lastOf.set(one.source, one.value);
    const saysAgain = before !== undefined && sameValueText(before, one.value);
    const isOvertaken = before === undefined && isCorrected && !one.isCorrection;
    isCorrected ||= one.isCorrection;
    if (!saysAgain && !isOvertaken && !sameValueText(standing.value, one.value)) standing = one;
  }
  return standing;
}

/** Documents of one second in the order of their numbers. */
function byPublication(a: PriceStatement, b: PriceStatement): number {
  return (
    compare(a.publishedAt, b.publishedAt) ||
    a.documentId.length - b.documentId.length ||
    compare(a.documentId, b.documentId) ||
    compare(a.source, b.source)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

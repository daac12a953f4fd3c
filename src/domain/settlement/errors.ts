/**
 * The input of a settlement contradicts itself: what, where, what was expected. A missing value is not an error, it is
 * listed as missing.
 */
export class SettlementError extends Error {
  override name = "SettlementError";
}

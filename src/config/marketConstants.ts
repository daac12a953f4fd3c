import type { Finding } from "./problem.ts";
import type { MarketConstants } from "./schema/market.ts";

/** No dated row is in force on a day. */
export class NotInForceError extends Error {
  override name = "NotInForceError";
}

const LISTS = ["priceCapsUsdPerMwh", "priceFloorsUsdPerMwh", "prcThresholdsMw", "adminFeesUsdPerMwh"] as const;

/** The row of a dated list that is in force on an operating day (`YYYY-MM-DD`). @throws NotInForceError when the list starts later. */
export function inForceOn<T extends { readonly effectiveFrom: string }>(rows: readonly T[], day: string): T {
  const row = rows.findLast((candidate) => candidate.effectiveFrom <= day);
  if (row === undefined) throw new NotInForceError(`market constants: nothing in force on ${day}, the list starts on ${rows[0]?.effectiveFrom}`);
  return row;
}

/** Dated rows in ascending order, and PRC thresholds that fall from Watch to EEA 3. */
export function marketFindings(market: MarketConstants): Finding[] {
  const order = LISTS.flatMap((list) => market[list].flatMap((row, index): Finding[] => {
    const before = market[list][index - 1];
    if (before === undefined || before.effectiveFrom < row.effectiveFrom) return [];
    return [{ path: [list, index, "effectiveFrom"], message: `is ${row.effectiveFrom}, not after ${before.effectiveFrom} above it`, expected: "rows in ascending order" }];
  }));
  const ladder = market.prcThresholdsMw.flatMap((row, index): Finding[] => {
    if (row.watch > row.eea1 && row.eea1 > row.eea2 && row.eea2 > row.eea3) return [];
    return [{ path: ["prcThresholdsMw", index, "eea1"], message: `watch ${row.watch}, eea1 ${row.eea1}, eea2 ${row.eea2}, eea3 ${row.eea3}`, expected: "falling thresholds" }];
  });
  return [...order, ...ladder];
}

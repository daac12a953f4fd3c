import { finding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { MarketConstants } from "./schema/market.ts";

/** No dated row is in force on a day. */
export class NotInForceError extends Error {
  override name = "NotInForceError";
}

const LISTS = ["priceCapsUsdPerMwh", "priceFloorsUsdPerMwh", "prcThresholdsMw", "coincidentPeaks"] as const;

/**
 * The row of a dated list that is in force on an operating day (`YYYY-MM-DD`). @throws NotInForceError when the list
 * starts later.
 */
export function inForceOn<T extends { readonly effectiveFrom: string }>(rows: readonly T[], day: string): T {
  const row = rowInForceOn(rows, day);
  if (row === undefined)
    throw new NotInForceError(
      `market constants: nothing in force on ${day}, the list starts on ${rows[0]?.effectiveFrom}`,
    );
  return row;
}

/** The row of a dated list that is in force on an operating day (`YYYY-MM-DD`); undefined before the list starts. */
export function rowInForceOn<T extends { readonly effectiveFrom: string }>(
  rows: readonly T[],
  day: string,
): T | undefined {
  return rows.findLast((candidate) => candidate.effectiveFrom <= day);
}

/** Dated rows in ascending order, and PRC thresholds that fall from Watch to EEA 3. */
export function marketFindings(market: MarketConstants): Finding[] {
  const order = LISTS.flatMap((list) => {
    const rows: readonly { readonly effectiveFrom: string }[] = market[list] ?? [];
    return rows.flatMap(({ effectiveFrom }, index) => {
      const before = rows[index - 1];
      if (before === undefined || before.effectiveFrom < effectiveFrom) return [];
      return [
        finding(
          [list, index, "effectiveFrom"],
          `is ${effectiveFrom}, not after ${before.effectiveFrom} above it`,
          "rows in ascending order",
        ),
      ];
    });
  });
  const ladder = market.prcThresholdsMw.flatMap(({ watch, eea1, eea2, eea3 }, index) => {
    if (watch > eea1 && eea1 > eea2 && eea2 > eea3) return [];
    return [
      finding(
        ["prcThresholdsMw", index, "eea1"],
        `watch ${watch}, eea1 ${eea1}, eea2 ${eea2}, eea3 ${eea3}`,
        "falling thresholds",
      ),
    ];
  });
  return [...order, ...ladder];
}

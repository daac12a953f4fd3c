import type { LineDraft } from "./lines.ts";
import type { JournalSum } from "./model.ts";

/** The code of a line, or of the line that an adjustment corrects. */
export function baseCode(code: string): string {
  return code.replace(/^adjustment:/, "");
}

/** What the journal carries for a statement's lines, by code, in the order in which the codes first come. */
export function journalSums(drafts: readonly LineDraft[]): JournalSum[] {
  return [...Map.groupBy(drafts, ({ code }) => baseCode(code))].map(([code, of]) => ({
    code,
    amountE8: of.reduce((e8, { journalE8 }) => e8 + journalE8, 0n).toString(),
    rounded: of.reduce((roundings, { chargedExact }) => roundings + (chargedExact === undefined ? 1 : 2), 0),
  }));
}

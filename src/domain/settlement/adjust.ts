import { SettlementError } from "./errors.ts";
import type { JournalEntry, Posting, SettledDay } from "./model.ts";

/**
 * What a later version of a day adds to the journal: for every site, client, interval and reason the difference,
 * account by account, between the entries of `next` and those of `previous`. After posting it the journal's balances
 * are those of `next` alone. An interval that can no longer be settled is taken back whole. Nothing is posted where
 * nothing changed. `correctionOf` names the entry of `previous`.
 * @throws SettlementError unless both are of the same site and day and `next` is the version after `previous`.
 */
export function adjust(previous: SettledDay, next: SettledDay): JournalEntry[] {
  if (
    previous.siteId !== next.siteId ||
    previous.operatingDay !== next.operatingDay ||
    next.version !== previous.version + 1
  ) {
    throw new SettlementError(
      `adjustment: ${describe(next)} does not follow ${describe(previous)}; expected the next version of the same ` +
        `site and day`,
    );
  }
  const before = byItem(previous.entries);
  const after = byItem(next.entries);
  const adjustments: JournalEntry[] = [];
  for (const item of new Set([...after.keys(), ...before.keys()])) {
    const old = before.get(item);
    const now = after.get(item);
    const postings = difference(old?.postings ?? [], now?.postings ?? []);
    if (postings.length > 0)
      adjustments.push(adjustment(item, old, (now ?? old) as JournalEntry, next.version, postings));
  }
  return adjustments;
}

/**
 * What posting `next` means: all its entries for a first version, the differences to the version before for a later
 * one. @throws SettlementError as `adjust`.
 */
export function entriesToPost(previous: SettledDay | undefined, next: SettledDay): readonly JournalEntry[] {
  if (previous !== undefined) return adjust(previous, next);
  if (next.version !== 1)
    throw new SettlementError(
      `adjustment: ${describe(next)} needs the version before it; only version 1 is posted whole`,
    );
  return next.entries;
}

function adjustment(
  item: string,
  old: JournalEntry | undefined,
  entry: JournalEntry,
  version: number,
  postings: readonly Posting[],
): JournalEntry {
  return {
    ...entry,
    entryId: `adj:${entry.siteId}:${item}:v${version - 1}:v${version}`,
    settlementVersion: version,
    kind: "adjustment",
    description: `${entry.description}: version ${version} less version ${version - 1}`,
    sourceRefs: [...new Set([...(old?.sourceRefs ?? []), ...entry.sourceRefs])],
    ...(old === undefined ? {} : { correctionOf: old.entryId }),
    postings,
  };
}

function byItem(entries: readonly JournalEntry[]): Map<string, JournalEntry> {
  return new Map(
    entries.map((entry) => [
      [entry.clientId ?? "site", entry.effectiveAt, entry.kind, entry.reason ?? "all"].join(":"),
      entry,
    ]),
  );
}

function difference(before: readonly Posting[], after: readonly Posting[]): Posting[] {
  const amounts = new Map<string, bigint>();
  const add = (account: string, e8: bigint) => {
    const sum = amounts.get(account);
    amounts.set(account, sum === undefined ? e8 : sum + e8);
  };
  for (const { account, amountE8 } of after) add(account, BigInt(amountE8));
  for (const { account, amountE8 } of before) add(account, -BigInt(amountE8));
  return [...amounts].filter(([, e8]) => e8 !== 0n).map(([account, e8]) => ({ account, amountE8: e8.toString() }));
}

function describe(day: SettledDay): string {
  return `${day.siteId} ${day.operatingDay} version ${day.version}`;
}

import type { JournalLedgerRow } from "../../domain/evidence/ledgers.ts";
import { entriesToPost } from "../../domain/settlement/adjust.ts";
import type { JournalEntry } from "../../domain/settlement/model.ts";
import { intervalKey, settlementInterval } from "../../domain/market/calendar.ts";
import { invoiceEntries } from "../../domain/statement/invoiceEntries.ts";
import type { Statement } from "../../domain/statement/model.ts";
import { firstDifference, shown } from "../firstDifference.ts";
import { namesOnPath, withDollars } from "../moneyNames.ts";
import type { LayerLog } from "../layerLog.ts";
import type { Settlement } from "./statements.ts";

const LEDGER = "ledgers/journal.jsonl";

/** What a bundle has settled and stated. */
export interface Money {
  readonly settlements: readonly Settlement[];
  readonly statements: readonly Statement[];
}

/**
 * What stands in the journal against what each settled version had to post: the first version whole, a later one as
 * differences, entry by entry in the order of posting; what each statement had to post; the trial balance; and each
 * account against the days' latest versions and the statements alone.
 */
export function checkJournal(
  { settlements, statements }: Money,
  journal: readonly JournalLedgerRow[],
  log: LayerLog,
): void {
  const posted = Map.groupBy(
    journal.filter(({ statementId }) => statementId === undefined),
    dayKey,
  );
  const settled = Map.groupBy(
    settlements.map(({ result }) => result),
    dayKey,
  );
  for (const [day, entries] of posted) {
    if (!settled.has(day))
      log.find(`${LEDGER} ${day}`, "a settled version in the bundle that posts it", shown(entries[0]?.entryId));
  }
  for (const [day, versions] of settled) {
    const inOrder = versions.toSorted((a, b) => a.version - b.version);
    const due = inOrder.flatMap((version, i) => entriesToPost(inOrder[i - 1], version));
    checkEntries(day, due, posted.get(day) ?? [], "the settled versions", log);
  }
  const invoiced = checkInvoices(statements, journal, log);
  const balances = balancesOf(journal);
  log.same(`${LEDGER} trial balance, 10⁻⁸ USD`, "0", total(balances.values()).toString());
  const latest = [...settled.values()].flatMap(
    (versions) => versions.reduce((last, one) => (one.version > last.version ? one : last)).entries,
  );
  checkBalances(balances, balancesOf([...latest, ...invoiced]), log);
}

/** What issuing each statement had to post against what it posted. Returns what was due. */
function checkInvoices(
  statements: readonly Statement[],
  journal: readonly JournalLedgerRow[],
  log: LayerLog,
): JournalEntry[] {
  const posted = Map.groupBy(
    journal.filter(({ statementId }) => statementId !== undefined),
    ({ statementId }) => statementId as string,
  );
  for (const [statementId, entries] of posted)
    if (!statements.some((one) => one.statementId === statementId))
      log.find(`${LEDGER} ${statementId}`, "a statement in the bundle that posts it", shown(entries[0]?.entryId));
  return statements.flatMap((statement) => {
    const due = invoiceEntries(statement);
    checkEntries(statement.statementId, due, posted.get(statement.statementId) ?? [], "the statement", log);
    return due;
  });
}

function checkEntries(
  day: string,
  due: readonly JournalEntry[],
  posted: readonly JournalEntry[],
  from: string,
  log: LayerLog,
): void {
  for (let i = 0; i < Math.max(due.length, posted.length); i++) {
    log.check();
    const difference = firstDifference(json(due[i]), posted[i]);
    if (difference === undefined) continue;
    const where = `${LEDGER} ${day} entry ${i + 1} ${due[i]?.entryId ?? posted[i]?.entryId}`;
    const { path, expected, found } = difference;
    const entry = due[i] ?? posted[i];
    const names = namesOnPath({ ...entry, entryId: undefined, intervalKey: intervalOf(due[i]) }, path);
    log.find(
      `${where} ${path}${names === "" ? "" : ` (${names})`}`,
      `${shown(withDollars(path, expected))} (due from ${from})`,
      `${shown(withDollars(path, found))} (posted)`,
    );
    // one entry too many or too few shifts all that follow
    return;
  }
}

function checkBalances(posted: ReadonlyMap<string, bigint>, due: ReadonlyMap<string, bigint>, log: LayerLog): void {
  for (const account of [...new Set([...posted.keys(), ...due.keys()])].sort()) {
    const [expected, found] = [text(due.get(account)), text(posted.get(account))];
    log.check();
    if (expected !== found)
      log.find(
        `${LEDGER} balance of ${account}, 10⁻⁸ USD`,
        shown(withDollars("amountE8", expected)),
        shown(withDollars("amountE8", found)),
      );
  }
}

/** The quarter hour that an entry is of. */
function intervalOf(entry: JournalEntry | undefined): string | undefined {
  return entry === undefined ? undefined : intervalKey(settlementInterval(entry.effectiveAt));
}

function balancesOf(entries: readonly JournalEntry[]): Map<string, bigint> {
  const postings = Map.groupBy(
    entries.flatMap((entry) => entry.postings),
    ({ account }) => account,
  );
  return new Map([...postings].map(([account, of]) => [account, total(of.map(({ amountE8 }) => BigInt(amountE8)))]));
}

function total(amountsE8: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const e8 of amountsE8) sum += e8;
  return sum;
}

/** An account without a posting and one that was taken back to nothing say the same. */
function text(balanceE8: bigint | undefined): string {
  return balanceE8 === undefined ? "0" : balanceE8.toString();
}

function dayKey({ siteId, operatingDay }: { readonly siteId: string; readonly operatingDay: string }): string {
  return `${siteId} ${operatingDay}`;
}

function json(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

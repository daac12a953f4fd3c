import { ACCOUNTS } from "../settlement/accounts.ts";
import { MONTHLY_TERMS } from "../settlement/terms/index.ts";
import type { JournalEntry, Posting } from "../settlement/model.ts";
import { usdE8OfCents } from "../units/money.ts";
import { StatementError } from "./errors.ts";
import { baseCode, CREDIT_CODE } from "./codes.ts";
import type { LineDraft } from "./lines.ts";
import type { JournalSum, Statement } from "./model.ts";

/**
 * What issuing a statement posts, so that the client's receivable holds what it was invoiced, to the cent: charges
 * by days (energy was posted interval by interval when its days were settled), the set-off of the client's share of
 * credits, and what rounding the lines to cents leaves. None for a statement of schema 1.
 * @throws StatementError when the last day of the period has no settled version.
 */
export function invoiceEntries(statement: Statement): JournalEntry[] {
  const { journal, clientId, totalCents } = statement;
  if (journal === undefined) return [];
  const sumOf = (wanted: (code: string) => boolean) =>
    journal.filter(({ code }) => wanted(code)).reduce((e8, { amountE8 }) => e8 + BigInt(amountE8), 0n);
  const receivable = ACCOUNTS.receivable(clientId);
  const creditE8 = sumOf((code) => code.startsWith(CREDIT_CODE));
  const roundingE8 = usdE8OfCents(BigInt(totalCents)) - sumOf(() => true);
  return [
    ...MONTHLY_TERMS.flatMap(({ code, title, account }) =>
      entry(
        statement,
        code,
        title,
        [receivable, account],
        sumOf((one) => one === code),
      ),
    ),
    ...entry(
      statement,
      "set-off",
      "Curtailment credits set off",
      [receivable, ACCOUNTS.clientShare(clientId)],
      creditE8,
    ),
    ...entry(statement, "rounding", "Rounding of lines to cents", [receivable, ACCOUNTS.rounding], roundingE8),
  ];
}

/** An entry that debits the first account and credits the second; none for an amount of 0. */
function entry(
  statement: Statement,
  item: string,
  description: string,
  [debit, credit]: readonly [string, string],
  e8: bigint,
): JournalEntry[] {
  if (e8 === 0n) return [];
  const { statementId, siteId, clientId, contractId, contractVersions, period, issuedAt } = statement;
  const settled = statement.settlementVersions.find(({ operatingDay }) => operatingDay === period.to);
  const contractVersion = contractVersions.at(-1);
  if (settled === undefined || contractVersion === undefined)
    throw new StatementError(`statement ${statementId}: ${period.to} is not settled; it cannot be posted`);
  const postings: Posting[] = [
    { account: debit, amountE8: e8.toString() },
    { account: credit, amountE8: (-e8).toString() },
  ];
  return [
    {
      entryId: `invoice:${statementId}:${item}`,
      siteId,
      operatingDay: period.to,
      settlementVersion: settled.version,
      effectiveAt: issuedAt,
      kind: "invoice",
      clientId,
      contractId,
      contractVersion,
      description: `${description}, ${period.from} to ${period.to}`,
      sourceRefs: [`statement:${statementId}`],
      statementId,
      postings,
    },
  ];
}

/** What the journal carries for a statement's lines, by code, in the order in which the codes first come. */
export function journalSums(drafts: readonly LineDraft[]): JournalSum[] {
  return [...Map.groupBy(drafts, ({ code }) => baseCode(code))].map(([code, of]) => ({
    code,
    amountE8: of.reduce((e8, { journalE8 }) => e8 + journalE8, 0n).toString(),
    rounded: of.reduce((roundings, { chargedExact }) => roundings + (chargedExact === undefined ? 1 : 2), 0),
  }));
}

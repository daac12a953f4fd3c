import { ACCOUNTS, chargeOfIncome } from "../settlement/accounts.ts";
import { MONTHLY_TERMS } from "../settlement/terms/index.ts";
import type { JournalEntry, SettlementCheck } from "../settlement/model.ts";
import type { OperatingDay } from "../market/model.ts";
import type { ClientId } from "../units/ids.ts";
import { usdE8OfCents } from "../units/money.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { baseCode, CREDIT_CODE } from "./codes.ts";
import type { JournalSum, Statement } from "./model.ts";

/** The versions of a day whose postings a statement charges: those after `above` (0 for all), up to `upTo`. */
export interface ChargedKeys {
  readonly operatingDay: OperatingDay;
  readonly above: number;
  readonly upTo: number;
}

/** What the journal carries on an account for one client and some days, 10⁻⁸ USD, debit positive. */
export interface PostedSum {
  readonly account: string;
  /** Of a credit: why the energy was curtailed. */
  readonly reason?: string;
  readonly amountE8: bigint;
}

/**
 * Which postings of the journal a statement charges: those of its own days up to the versions that it names, and of
 * each adjusted day those of the versions after the one that was charged before.
 */
export function chargedKeys(statement: Statement, adjustments: readonly StatementAdjustment[]): ChargedKeys[] {
  const own = statement.settlementVersions.map(({ operatingDay, version }) => ({
    operatingDay,
    above: 0,
    upTo: version,
  }));
  const adjusted = adjustments.flatMap(({ previous, next }) =>
    next.map(({ result: { operatingDay, version } }) => {
      const before = previous.find(({ result }) => result.operatingDay === operatingDay);
      return { operatingDay, above: before === undefined ? 0 : before.result.version, upTo: version };
    }),
  );
  return [...own, ...adjusted];
}

/**
 * The identity of a statement and the journal, 10⁻⁸ USD: for each charge and each reason of curtailment the statement's
 * lines = the journal's postings for the same days and versions + what rounding leaves; the rounding is below a cent
 * for each amount that was rounded; the total = the client's receivable, of the postings and of the entries that
 * issuing posts. Each holds by itself, so that opposite errors cannot cancel. `posted` is what stands in the journal.
 */
export function checkLedger(
  statement: Statement,
  posted: readonly PostedSum[],
  entries: readonly JournalEntry[],
): SettlementCheck[] {
  const { journal = [], clientId, totalCents } = statement;
  const codes = new Set([...journal.map(({ code }) => code), ...posted.flatMap((sum) => codeOf(clientId, sum) ?? [])]);
  for (const { code } of MONTHLY_TERMS) codes.delete(code);
  const invoiced = entries.flatMap(({ postings }) => postings);
  const receivable = ACCOUNTS.receivable(clientId);
  const due = total(posted.filter(({ account }) => account === receivable).map(({ amountE8 }) => amountE8));
  const issued = total(
    invoiced.filter(({ account }) => account === receivable).map(({ amountE8 }) => BigInt(amountE8)),
  );
  return [
    ...[...codes].flatMap((code) => {
      const carried = total(posted.filter((sum) => codeOf(clientId, sum) === code).map(({ amountE8 }) => -amountE8));
      return codeChecks(statement, code, code.startsWith(CREDIT_CODE) ? -carried : carried);
    }),
    ...MONTHLY_TERMS.flatMap(({ code, account }) => {
      const fees = invoiced.filter((posting) => posting.account === account).map(({ amountE8 }) => -BigInt(amountE8));
      return codeChecks(statement, code, total(fees));
    }),
    identity("total of the statement = receivable of the journal", usdE8OfCents(BigInt(totalCents)), due + issued),
  ];
}

function codeChecks({ lines, journal = [] }: Statement, code: string, postedE8: bigint): SettlementCheck[] {
  const stated = lines.filter((line) => baseCode(line.code) === code);
  const statedE8 = usdE8OfCents(total(stated.map(({ amountCents }) => BigInt(amountCents))));
  const sum: JournalSum = journal.find((one) => one.code === code) ?? { code, amountE8: "0", rounded: 0 };
  const roundingE8 = statedE8 - BigInt(sum.amountE8);
  const boundE8 = usdE8OfCents(BigInt(sum.rounded));
  return [
    identity(`lines ${code} = postings of the journal + rounding`, statedE8, postedE8 + roundingE8),
    {
      name: `rounding of lines ${code} is below a cent each`,
      left: roundingE8.toString(),
      right: boundE8.toString(),
      difference: "0",
      holds: roundingE8 <= boundE8 && -roundingE8 <= boundE8,
    },
  ];
}

/** Code of the statement's line that a posting stands behind; undefined for the client's own receivable. */
function codeOf(clientId: ClientId, { account, reason }: PostedSum): string | undefined {
  if (account === ACCOUNTS.clientShare(clientId)) return `${CREDIT_CODE}${reason ?? "unknown"}`;
  return chargeOfIncome(account);
}

function identity(name: string, left: bigint, right: bigint): SettlementCheck {
  const difference = left - right;
  return {
    name: `${name}, 10⁻⁸ USD`,
    left: left.toString(),
    right: right.toString(),
    difference: difference.toString(),
    holds: difference === 0n,
  };
}

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

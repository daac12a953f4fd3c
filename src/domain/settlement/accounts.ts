import type { Reason } from "../decision/model.ts";

/** Chart of accounts. Debit positive, credit negative. Amounts in 10⁻⁸ USD. */
export const ACCOUNTS = {
  /** What the retail electric provider bills before the credit is set off. */
  supplierPayable: "Liabilities:Payable:REP",
  /** Value of curtailed energy, until the provider's bill shows it. */
  powerCredits: "Assets:Accrued:PowerCredits",
  blockCost: "Expense:Power:Block",
  indexCost: "Expense:Power:Index",
  addersCost: "Expense:Power:Adders",
  fixedFee: "Income:Hosting:FixedFee",
  /** What rounding a statement's lines to cents leaves. */
  rounding: "Income:Hosting:Rounding",
  receivable: (clientId: string) => `Assets:Receivable:Client:${clientId}`,
  clientShare: (clientId: string) => `${CLIENT_SHARE}${clientId}`,
  curtailmentIncome: (reason: Reason) => `${CURTAILMENT_INCOME}${reason}`,
} as const;

const CLIENT_SHARE = "Liabilities:ClientShare:";
const CURTAILMENT_INCOME = "Income:Curtailment:";

/** Income account of each charge code of a client. */
const CHARGE_INCOME: Readonly<Record<string, string>> = {
  "fixed-energy": "Income:Hosting:Fixed",
  block: "Income:Hosting:PassThrough:Block",
  index: "Income:Hosting:PassThrough:Index",
  adders: "Income:Hosting:PassThrough:Adders",
  spread: "Income:Hosting:Spread",
};

/** @throws Error for a charge code without an account: a defect, not an input. */
export function chargeIncome(code: string): string {
  const account = CHARGE_INCOME[code];
  if (account === undefined) throw new Error(`charge code "${code}" has no income account; add it to the chart`);
  return account;
}

/** Charge code whose income an account is; undefined for any other account. */
export function chargeOfIncome(account: string): string | undefined {
  return Object.keys(CHARGE_INCOME).find((code) => CHARGE_INCOME[code] === account);
}

/** Whether an account carries a part of the gross curtailment credit (a client's or the host's share). */
export function isCreditShare(account: string): boolean {
  return account.startsWith(CLIENT_SHARE) || account.startsWith(CURTAILMENT_INCOME);
}

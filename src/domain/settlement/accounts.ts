import type { Reason } from "../decision/model.ts";
import { CHARGES } from "./terms/index.ts";
import type { ClientId } from "../units/ids.ts";

/** Chart of accounts. Debit positive, credit negative. Amounts in 10⁻⁸ USD. */
export const ACCOUNTS = {
  /** What the retail electric provider bills before the credit is set off. */
  supplierPayable: "Liabilities:Payable:REP",
  /** Value of curtailed energy, until the provider's bill shows it. */
  powerCredits: "Assets:Accrued:PowerCredits",
  blockCost: "Expense:Power:Block",
  indexCost: "Expense:Power:Index",
  addersCost: "Expense:Power:Adders",
  /** What rounding a statement's lines to cents leaves. */
  rounding: "Income:Hosting:Rounding",
  receivable: (clientId: ClientId) => `Assets:Receivable:Client:${clientId}`,
  clientShare: (clientId: ClientId) => `${CLIENT_SHARE}${clientId}`,
  curtailmentIncome: (reason: Reason) => `${CURTAILMENT_INCOME}${reason}`,
} as const;

const CLIENT_SHARE = "Liabilities:ClientShare:";
const CURTAILMENT_INCOME = "Income:Curtailment:";

/** @throws Error for a charge code without an account: a defect, not an input. */
export function chargeIncome(code: string): string {
  const account = CHARGES.find((charge) => charge.code === code)?.account;
  if (account === undefined)
    throw new Error(`charge code "${code}" has no income account; its kind of terms must name one`);
  return account;
}

/** Charge code whose income an account is; undefined for any other account. */
export function chargeOfIncome(account: string): string | undefined {
  return CHARGES.find((charge) => charge.account === account)?.code;
}

/** Whether an account carries a part of the gross curtailment credit (a client's or the host's share). */
export function isCreditShare(account: string): boolean {
  return account.startsWith(CLIENT_SHARE) || account.startsWith(CURTAILMENT_INCOME);
}

import type { Reason } from "../decision/model.ts";
import type { Contract, IntervalInput, JournalEntry, Posting, SettlementDayInput } from "./model.ts";
import { ACCOUNTS, chargeIncome } from "./accounts.ts";
import type { CreditShare } from "./creditShare.ts";
import type { SupplyCost } from "./supplyCost.ts";

/** Where an entry belongs: the day's version, the interval and, for a client's entry, its contract. */
export interface EntryContext {
  readonly day: SettlementDayInput;
  readonly interval: IntervalInput;
  readonly contract?: Contract;
  readonly sourceRefs: readonly string[];
}

type Account = readonly [account: string, amountE8: bigint];

/**
 * Supply of one interval: debit block, index and adders, credit what the provider will bill. Undefined when all are 0.
 */
export function supplyEntry(context: EntryContext, cost: SupplyCost): JournalEntry | undefined {
  return entry(context, "supply", "supply", "Power supply of the site as if nothing had been curtailed", undefined, [
    [ACCOUNTS.blockCost, cost.blockE8],
    [ACCOUNTS.indexCost, cost.indexE8],
    [ACCOUNTS.addersCost, cost.addersE8],
    [ACCOUNTS.supplierPayable, -(cost.blockE8 + cost.indexE8 + cost.addersE8)],
  ]);
}

/**
 * A client's energy charges of one interval: debit the client, credit income by charge code. `charges` in whole 10⁻⁸
 * USD.
 */
export function energyChargeEntry(
  context: EntryContext & { readonly contract: Contract },
  charges: readonly Account[],
): JournalEntry | undefined {
  const total = charges.reduce((amount, [, e8]) => amount + e8, 0n);
  return entry(context, "energy-charge", "energy", `Energy of ${context.contract.clientName}`, undefined, [
    [ACCOUNTS.receivable(context.contract.clientId), total],
    ...charges.map(([code, e8]): Account => [chargeIncome(code), -e8]),
  ]);
}

/** Credit for energy curtailed for one reason: debit the gross value S·ΔE, credit the client's and the host's share. */
export function creditEntry(
  context: EntryContext & { readonly contract: Contract },
  reason: Reason,
  credit: CreditShare,
): JournalEntry | undefined {
  return entry(
    context,
    "curtailment-credit",
    reason,
    `Curtailment credit of ${context.contract.clientName}, ${reason}`,
    reason,
    [
      [ACCOUNTS.powerCredits, credit.grossE8],
      [ACCOUNTS.clientShare(context.contract.clientId), -credit.clientE8],
      [ACCOUNTS.curtailmentIncome(reason), -credit.hostE8],
    ],
  );
}

/**
 * The id is the idempotency key: site, client, interval, item, contract version and settlement version name one entry.
 */
function entry(
  context: EntryContext,
  kind: JournalEntry["kind"],
  item: string,
  description: string,
  reason: Reason | undefined,
  accounts: readonly Account[],
): JournalEntry | undefined {
  const postings: Posting[] = accounts
    .filter(([, e8]) => e8 !== 0n)
    .map(([account, e8]) => ({ account, amountE8: e8.toString() }));
  if (postings.length === 0) return undefined;
  const { day, interval, contract } = context;
  const clause =
    contract === undefined
      ? undefined
      : kind === "curtailment-credit"
        ? contract.credit.clause
        : contract.energy.clause;
  return {
    entryId: [
      "accrual",
      day.siteId,
      contract?.clientId ?? "site",
      interval.startAt,
      item,
      contract === undefined ? "supply" : `c${contract.version}`,
      `v${day.version}`,
    ].join(":"),
    siteId: day.siteId,
    operatingDay: day.operatingDay,
    settlementVersion: day.version,
    effectiveAt: interval.startAt,
    kind,
    ...(contract === undefined
      ? {}
      : { clientId: contract.clientId, contractId: contract.contractId, contractVersion: contract.version, clause }),
    ...(reason === undefined ? {} : { reason }),
    description,
    sourceRefs: context.sourceRefs,
    postings,
  };
}

import type { Reason } from "../decision/model.ts";
import type { ClientInterval, Contract, DaySettlement, SettledDay, Supply } from "../settlement/model.ts";
import { sameContractTerms, sameSupplyOn } from "./sameTerms.ts";
import type { ClientId } from "../units/ids.ts";
import { centsOf, formatUsd } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import { ZERO, negative, parseRational, rational } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { StatementError } from "./errors.ts";
import { grouped, usdText } from "../units/figures.ts";
import type { Statement, StatementLine } from "./model.ts";
import { CREDIT_CODE } from "./codes.ts";

/** A line on its way to the statement. `key` names the same line in another version of the same period. */
export interface LineDraft extends Omit<StatementLine, "amountCents" | "exactUsd" | "chargedExactUsd"> {
  readonly key: string;
  readonly amountCents: bigint;
  /** Before rounding. */
  readonly exact: ExactE8;
  /** Of an adjustment: what was charged up to now, before rounding. */
  readonly chargedExact?: ExactE8;
  /** What the journal carries for it, whole 10⁻⁸ USD: `exact` as it was posted interval by interval. */
  readonly journalE8: bigint;
}

/** Intervals of one client that were settled under the same terms. */
export interface VersionIntervals {
  readonly contract: Contract;
  readonly supply: Supply;
  readonly intervals: readonly ClientInterval[];
  /** Tells these terms from others in the key of a line: `v1`, and `v1/2` where version 1 had other terms before. */
  readonly terms: string;
}

/**
 * A client's intervals of some days grouped by the terms they were settled under, ascending by contract version: the
 * contract and the supply that are kept with each day. An edit that is no term makes no group of its own, but in a
 * statement of schema 1. Every interval is in one group.
 * @throws StatementError when a day does not hold the contract of one of its intervals.
 */
export function byContractVersion(
  clientId: ClientId,
  days: readonly DaySettlement[],
  schema: Statement["schema"],
): VersionIntervals[] {
  const groups: (Omit<VersionIntervals, "terms" | "intervals"> & { readonly intervals: ClientInterval[] })[] = [];
  for (const { input, result } of days)
    for (const interval of result.clientIntervals) {
      if (interval.clientId !== clientId) continue;
      const terms = { contract: contractOf(interval, input.contracts, result), supply: input.supply };
      const group = groups.find(
        ({ contract, supply }) =>
          sameContractTerms(contract, terms.contract, schema) &&
          sameSupplyOn(result.operatingDay, supply, terms.supply, schema),
      );
      if (group === undefined) groups.push({ ...terms, intervals: [interval] });
      else group.intervals.push(interval);
    }
  const sorted = groups.toSorted((a, b) => a.contract.version - b.contract.version);
  return sorted.map((group, i) => {
    const { contractId, version } = group.contract;
    const before = sorted
      .slice(0, i)
      .filter(({ contract }) => contract.contractId === contractId && contract.version === version).length;
    return { ...group, terms: before === 0 ? `v${version}` : `v${version}/${before + 1}` };
  });
}

function contractOf(interval: ClientInterval, contracts: readonly Contract[], day: SettledDay): Contract {
  const { clientId, contractId, contractVersion, intervalKey } = interval;
  const found = contracts.find(
    (one) => one.clientId === clientId && one.contractId === contractId && one.version === contractVersion,
  );
  if (found === undefined)
    throw new StatementError(
      `${day.operatingDay} version ${day.version}: interval ${intervalKey} of ${clientId} was settled under contract ` +
        `${contractId} version ${contractVersion}, which is not kept with the day`,
    );
  return found;
}

/**
 * Amount under `key` (a charge code or `credit:<reason>`) as the exact fraction of 10⁻⁸ USD behind the whole number
 * `e8`.
 */
export function exactAmount(interval: ClientInterval, key: string, e8: string): Rational {
  const finer = interval.exact?.[key];
  return finer === undefined ? rational(BigInt(e8)) : parseRational(finer);
}

/**
 * What an interval adds to the lines of a code, exact 10⁻⁸ USD, due from the client positive; 0 where it has none, or
 * is not settled.
 */
export function amountOf(interval: ClientInterval | undefined, code: string): ExactE8 {
  if (interval === undefined) return ZERO;
  const reason = code.startsWith(CREDIT_CODE) ? (code.slice(CREDIT_CODE.length) as Reason) : undefined;
  if (reason !== undefined) {
    const part = interval.byReason[reason];
    return part === undefined ? ZERO : negative(exactAmount(interval, `credit:${reason}`, part.clientE8));
  }
  const charge = interval.charges[code];
  return charge === undefined ? ZERO : exactAmount(interval, code, charge);
}

/** Rounds a line's exact amount to cents, once, as the contract says; the last line of the build-up shows the step. */
export function roundLine(
  amount: Rational,
  contract: Contract,
): {
  readonly rounded: Pick<LineDraft, "amountCents" | "exact" | "rounding" | "contractVersion">;
  readonly step: string;
} {
  const { rounding, version } = contract;
  const amountCents = centsOf(amount, rounding);
  return {
    rounded: { amountCents, exact: amount, rounding, contractVersion: version },
    step: `${usdText(amount)} $ rounded ${rounding} to cents: ${grouped(formatUsd(amountCents))} $`,
  };
}

/** Contract, clause and price versions a line rests on. */
export function sourceText(contract: Contract, clause: string, intervals: readonly ClientInterval[]): string {
  const versions = [...new Set(intervals.map((i) => i.priceVersion))].sort((a, b) => a - b);
  return (
    `contract ${contract.contractId} version ${contract.version}, clause ${clause}; settlement price version ` +
    `${versions.join(", ")}`
  );
}

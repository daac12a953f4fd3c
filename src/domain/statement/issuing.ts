import type { OperatingDay } from "../market/model.ts";
import type { Contract, SettledDay } from "../settlement/model.ts";
import type { Period } from "./statementsDue.ts";
import type { ContractId } from "../units/ids.ts";

/** The number of a statement: a contract states a period once. */
export function statementIdOf(contractId: ContractId, { from, to }: Period): string {
  return `${contractId}/${from}..${to}`;
}

/**
 * Whose contract it is: as the period's days were settled, else as configured; undefined for one that neither knows.
 */
export function clientOfContract(
  contractId: ContractId,
  settledUnder: readonly Contract[],
  configured: readonly Contract[],
): string | undefined {
  return [...settledUnder, ...configured].find((one) => one.contractId === contractId)?.clientId;
}

/** The place of the next statement among those of its client, a count from 1 on. */
export function nextOrdinal(issued: readonly { readonly ordinal: number }[]): number {
  return issued.reduce((last, { ordinal }) => Math.max(last, ordinal), 0) + 1;
}

/** Whether a day of a statement was settled anew since the client was charged for it. */
export function isSettledAnew(charged: ReadonlyMap<OperatingDay, number>, newest: readonly SettledDay[]): boolean {
  return newest.some(({ operatingDay, version }) => version !== charged.get(operatingDay));
}

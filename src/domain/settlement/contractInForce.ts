import type { OperatingDay } from "../market/model.ts";
import { covers } from "../units/effectiveDates.ts";
import { SettlementError } from "./errors.ts";
import type { Contract } from "./model.ts";
import type { ClientId } from "../units/ids.ts";

/**
 * The contract version a client's interval is settled under: in force on the interval's operating day, and the highest
 * version where one supersedes another. Undefined when none is in force. Days are Central Prevailing Time,
 * `effectiveTo` is the first day not covered.
 * @throws SettlementError when two different contracts of the client are in force on the same day.
 */
export function contractInForce(
  contracts: readonly Contract[],
  clientId: ClientId,
  day: OperatingDay,
): Contract | undefined {
  let inForce: Contract | undefined;
  for (const contract of contracts) {
    if (contract.clientId !== clientId || !covers(contract, day)) continue;
    if (inForce !== undefined && inForce.contractId !== contract.contractId) {
      throw new SettlementError(
        `client ${clientId}: contracts ${inForce.contractId} and ${contract.contractId} are both in force on ` +
          `${day}; end one of them before`,
      );
    }
    if (inForce !== undefined && inForce.version === contract.version) {
      throw new SettlementError(
        `contract ${contract.contractId}: version ${contract.version} is listed twice for ${day}; a change needs a ` +
          `new version number`,
      );
    }
    if (inForce === undefined || contract.version > inForce.version) inForce = contract;
  }
  return inForce;
}

import type { OperatingDay } from "../market/model.ts";
import { previousDay } from "../market/calendar.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { Contract, DaySettlement, Supply } from "../settlement/model.ts";
import { carriesSupply, describeCredit, describeEnergy, MONTHLY_TERMS } from "../settlement/terms/index.ts";
import type { ClientId } from "../units/ids.ts";
import { sameValue } from "../units/sameValue.ts";
import { count } from "../units/figures.ts";

interface TermsOfDays {
  readonly contract: Contract;
  readonly supply: Supply;
  readonly days: OperatingDay[];
}

/**
 * The terms that a client's settled days were settled under, in full, one sentence each: for every contract version,
 * and for every change of the supply where the client carries a part of it. What they do not name is not charged.
 * @throws SettlementError for two contracts of the client on one day.
 */
export function contractTerms(clientId: ClientId, settled: readonly DaySettlement[]): string[] {
  const groups: TermsOfDays[] = [];
  for (const { input, result } of settled) {
    const contract = contractInForce(input.contracts, clientId, result.operatingDay);
    if (contract === undefined) continue;
    const carries = carriesSupply(contract.energy);
    const group = groups.find(
      (one) => sameValue(one.contract, contract) && (!carries || sameValue(one.supply, input.supply)),
    );
    if (group === undefined) groups.push({ contract, supply: input.supply, days: [result.operatingDay] });
    else group.days.push(result.operatingDay);
  }
  return groups.flatMap(termsOf);
}

function termsOf({ contract, supply, days }: TermsOfDays): string[] {
  const { contractId, version, effectiveFrom, effectiveTo, rounding } = contract;
  const until = effectiveTo === undefined ? "on" : `to ${previousDay(effectiveTo)}`;
  return [
    `${contractId} version ${version}, in force from ${effectiveFrom} ${until}; ${count(days.length, "day")} of this ` +
      `statement, ${days[0]} to ${days.at(-1)}`,
    ...describeEnergy(contract.energy, supply),
    `Credit: ${describeCredit(contract.credit)} (clause ${contract.credit.clause})`,
    ...MONTHLY_TERMS.map((term) => term.describe(contract)),
    `Rounding: each line once to cents, ` +
      (rounding === "half-even" ? "half-even: a half cent to the even cent" : "half-up: a half cent away from zero"),
  ];
}

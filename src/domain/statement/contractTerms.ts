import type { OperatingDay } from "../market/model.ts";
import { previousDay } from "../market/calendar.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { Contract, CreditTerms, DaySettlement, Supply } from "../settlement/model.ts";
import { sameValue } from "../units/sameValue.ts";
import { count, grouped } from "./figures.ts";

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
export function contractTerms(clientId: string, settled: readonly DaySettlement[]): string[] {
  const groups: TermsOfDays[] = [];
  for (const { input, result } of settled) {
    const contract = contractInForce(input.contracts, clientId, result.operatingDay);
    if (contract === undefined) continue;
    const carries = contract.energy.kind === "pass-through";
    const group = groups.find(
      (one) => sameValue(one.contract, contract) && (!carries || sameValue(one.supply, input.supply)),
    );
    if (group === undefined) groups.push({ contract, supply: input.supply, days: [result.operatingDay] });
    else group.days.push(result.operatingDay);
  }
  return groups.flatMap(termsOf);
}

function termsOf({ contract, supply, days }: TermsOfDays): string[] {
  const { contractId, version, effectiveFrom, effectiveTo, fixedFeeUsdPerKwMonth, contractedKw, rounding } = contract;
  const until = effectiveTo === undefined ? "on" : `to ${previousDay(effectiveTo)}`;
  const kw = grouped(String(contractedKw));
  return [
    `${contractId} version ${version}, in force from ${effectiveFrom} ${until}; ${count(days.length, "day")} of this ` +
      `statement, ${days[0]} to ${days.at(-1)}`,
    ...energyTerms(contract, supply),
    `Credit: ${creditTerms(contract.credit)} (clause ${contract.credit.clause})`,
    fixedFeeUsdPerKwMonth === undefined
      ? `Fixed fee: none; contracted ${kw} kW`
      : `Fixed fee: ${fixedFeeUsdPerKwMonth} $/kW and month on ${kw} kW contracted, by days of the calendar month`,
    `Rounding: each line once to cents, ` +
      (rounding === "half-even" ? "half-even: a half cent to the even cent" : "half-up: a half cent away from zero"),
  ];
}

function energyTerms({ energy }: Contract, { blocks, adders }: Supply): string[] {
  if (energy.kind === "fixed-rate")
    return [`Energy: all-in rate ${energy.rateUsdPerKwh} $/kWh (clause ${energy.clause})`];
  return [
    `Energy: pass-through of ${grouped(String(energy.blockKw))} kW of the blocks, the settlement price beyond it, ` +
      `adders, and a spread of ${energy.spreadUsdPerKwh} $/kWh (clause ${energy.clause})`,
    ...blocks.map(
      (block) =>
        `Block: ${block.blockId} ${grouped(String(block.quantityKw))} kW at ${block.priceUsdPerMwh} $/MWh from ` +
        `${block.effectiveFrom} ${block.effectiveTo === undefined ? "on" : `to ${previousDay(block.effectiveTo)}`}`,
    ),
    ...adders.map((adder) => `Adder: ${adder.code} ${adder.usdPerMwh} $/MWh (${adder.source})`),
  ];
}

/** A client's part of the gross credit in words. */
export function creditTerms(terms: CreditTerms): string {
  switch (terms.kind) {
    case "supply-resale":
      return "all of it, your block is resold";
    case "gross-share":
      return terms.sharesNegative
        ? `${terms.clientShare} of it, also when the price is negative`
        : `${terms.clientShare} of it; nothing of a negative price`;
    case "net-of-strike":
      return `the price up to ${terms.strikeUsdPerMwh} $/MWh, and ${terms.clientShare} of what is above; never below 0`;
  }
}

import { covers } from "../units/effectiveDates.ts";
import { atUsdPerMwh, formatKwh } from "../units/money.ts";
import { rational, sum } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import type { ClientInterval, Contract, Supply } from "../settlement/model.ts";
import { count, grouped, mwhText, unitPriceText, usdText } from "./figures.ts";
import { indexBody, sliceWh } from "./indexLine.ts";
import { chargeCodes, exactAmount, roundLine, sourceText } from "./lines.ts";
import type { EnergyLineBody, LineDraft, VersionIntervals } from "./lines.ts";

/** Energy charges of intervals that share their terms, one line a charge code. */
export function energyLines({ contract, supply, intervals, terms }: VersionIntervals): LineDraft[] {
  return chargeCodes(intervals).map((code) => {
    const charged = intervals.filter((interval) => interval.charges[code] !== undefined);
    const amount = sum(charged.map((interval) => exactAmount(interval, code, interval.charges[code] as string)));
    const { rounded, step } = roundLine(amount, contract);
    const body = lineBody(code, contract, charged, amount, supply);
    return {
      key: `${code}:${terms}`,
      code,
      ...body,
      ...rounded,
      journalE8: total(charged, (interval) => interval.charges[code] as string),
      terms,
      source: sourceText(contract, contract.energy.clause, charged),
      buildUp: [...body.buildUp, step],
    };
  });
}

function lineBody(
  code: string,
  contract: Contract,
  intervals: readonly ClientInterval[],
  amount: Rational,
  supply: Supply,
): EnergyLineBody {
  const usedWh = total(intervals, (interval) => interval.energyWh);
  switch (code) {
    case "fixed-energy":
      return perKwh(
        "Energy, all-in rate",
        contract.energy.kind === "fixed-rate" ? contract.energy.rateUsdPerKwh : "",
        usedWh,
        intervals.length,
      );
    case "spread":
      return perKwh(
        "Host's spread on metered energy",
        contract.energy.kind === "pass-through" ? contract.energy.spreadUsdPerKwh : "",
        usedWh,
        intervals.length,
      );
    case "adders":
      return addersBody(usedWh, amount, supply);
    case "block":
      return blockBody(contract, intervals, amount, supply);
    default:
      return indexBody(contract, intervals, amount);
  }
}

function perKwh(description: string, rate: string, wh: bigint, intervals: number): EnergyLineBody {
  return {
    description,
    quantity: formatKwh(wh),
    unit: "kWh",
    unitPrice: rate,
    buildUp: [`${grouped(formatKwh(wh))} kWh metered in ${count(intervals, "interval")} × ${rate} $/kWh`],
  };
}

function addersBody(wh: bigint, amount: Rational, supply: Supply): EnergyLineBody {
  const parts = supply.adders.map(
    (adder) =>
      `${adder.code} ${adder.usdPerMwh} $/MWh × ${grouped(mwhText(wh))} MWh = ` +
      `${usdText(atUsdPerMwh(adder.usdPerMwh, rational(wh)))} $ (${adder.source})`,
  );
  return {
    description: "Supply adders on metered energy",
    quantity: mwhText(wh),
    unit: "MWh",
    unitPrice: unitPriceText(amount, wh),
    buildUp: parts,
  };
}

function blockBody(
  contract: Contract,
  intervals: readonly ClientInterval[],
  amount: Rational,
  supply: Supply,
): EnergyLineBody {
  const wh = sliceWh(contract) * BigInt(intervals.length);
  const days = new Set(intervals.map((interval) => interval.intervalKey.slice(0, 10)));
  const blocks = supply.blocks.filter((block) => [...days].some((day) => covers(block, day)));
  const names = blocks
    .map(
      ({ blockId, quantityKw, priceUsdPerMwh }) =>
        `${blockId} ${grouped(String(quantityKw))} kW ${priceUsdPerMwh} $/MWh`,
    )
    .join(", ");
  const kw = contract.energy.kind === "pass-through" ? grouped(String(contract.energy.blockKw)) : "";
  return {
    description: "Fixed-price block, your slice",
    quantity: mwhText(wh),
    unit: "MWh",
    unitPrice: unitPriceText(amount, wh),
    buildUp: [
      `${kw} kW × 0.25 h × ${count(intervals.length, "interval")} = ${grouped(mwhText(wh))} MWh, used or not; from ` +
        `${names}`,
    ],
  };
}

function total(intervals: readonly ClientInterval[], wh: (interval: ClientInterval) => string): bigint {
  return intervals.reduce((sum, interval) => sum + BigInt(wh(interval)), 0n);
}

import { covers } from "../units/effectiveDates.ts";
import {
  atUsdPerMwh,
  energyValue,
  formatKwh,
  formatUsdPerMwh,
  parseCentsPerMwh,
  quarterHourWh,
} from "../units/money.ts";
import { rational, rationalOfNumber, sum } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import type { ClientInterval, Contract, Supply } from "../settlement/model.ts";
import { count, grouped, mwhText, unitPriceText, usdText } from "./figures.ts";
import { andMore, chargeCodes, exactAmount, intervalLabel, largest, roundLine, sourceText } from "./lines.ts";
import type { LineDraft, VersionIntervals } from "./lines.ts";

const DEAREST = 3;

/** Energy charges of intervals that share their terms, one line a charge code. */
export function energyLines({ contract, supply, intervals, terms }: VersionIntervals): LineDraft[] {
  return chargeCodes(intervals).map((code) => {
    const charged = intervals.filter((interval) => interval.charges[code] !== undefined);
    const amount = sum(charged.map((interval) => exactAmount(interval, code, interval.charges[code] as string)));
    const { amountCents, step } = roundLine(amount, contract);
    const body = lineBody(code, contract, charged, amount, supply);
    return {
      key: `${code}:${terms}`,
      code,
      ...body,
      amountCents,
      source: sourceText(contract, contract.energy.clause, charged),
      buildUp: [...body.buildUp, step],
    };
  });
}

type Body = Pick<LineDraft, "description" | "quantity" | "unit" | "unitPrice" | "buildUp">;

function lineBody(
  code: string,
  contract: Contract,
  intervals: readonly ClientInterval[],
  amount: Rational,
  supply: Supply,
): Body {
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

function perKwh(description: string, rate: string, wh: bigint, intervals: number): Body {
  return {
    description,
    quantity: formatKwh(wh),
    unit: "kWh",
    unitPrice: rate,
    buildUp: [`${grouped(formatKwh(wh))} kWh metered in ${count(intervals, "interval")} × ${rate} $/kWh`],
  };
}

function addersBody(wh: bigint, amount: Rational, supply: Supply): Body {
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

function blockBody(contract: Contract, intervals: readonly ClientInterval[], amount: Rational, supply: Supply): Body {
  const wh = sliceWh(contract) * BigInt(intervals.length);
  const days = new Set(intervals.map((interval) => interval.intervalKey.slice(0, 10)));
  const blocks = supply.blocks.filter((block) => [...days].some((day) => covers(block, day)));
  const names = blocks.map((block) => `${block.blockId} ${block.priceUsdPerMwh} $/MWh`).join(", ");
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

function indexBody(contract: Contract, intervals: readonly ClientInterval[], amount: Rational): Body {
  const slice = sliceWh(contract);
  const rows = intervals.map((interval) => {
    const wh = BigInt(interval.energyWh) + BigInt(interval.curtailedWh) - slice;
    const price = parseCentsPerMwh(interval.priceCentsPerMwh);
    return { key: interval.intervalKey, wh, price, e8: energyValue(price, wh) };
  });
  const part = (label: string, some: typeof rows) =>
    some.length === 0
      ? []
      : [
          `${label} ${grouped(mwhText(some.reduce((wh, row) => wh + row.wh, 0n)))} MWh in ` +
            `${count(some.length, "interval")}: ${usdText(rational(some.reduce((e8, row) => e8 + row.e8, 0n)))} $`,
        ];
  const { top, more } = largest(
    rows.filter((row) => row.wh !== 0n),
    (row) => rational(row.e8),
    DEAREST,
  );
  return {
    description: "Energy beyond the block at the settlement price",
    quantity: mwhText(rows.reduce((wh, row) => wh + row.wh, 0n)),
    unit: "MWh",
    buildUp: [
      "each interval: settlement price × (metered + curtailed − block); curtailed energy comes back below as credit",
      ...part(
        "bought",
        rows.filter((row) => row.wh > 0n),
      ),
      ...part(
        "unused block sold back",
        rows.filter((row) => row.wh < 0n),
      ),
      ...top.map(
        (row) =>
          `${intervalLabel(row.key)}: ${grouped(mwhText(row.wh))} MWh × ${grouped(formatUsdPerMwh(row.price))} ` +
          `$/MWh = ${usdText(rational(row.e8))} $`,
      ),
      ...andMore(more),
      `together ${usdText(amount)} $`,
    ],
  };
}

function sliceWh(contract: Contract): bigint {
  return contract.energy.kind === "pass-through" ? quarterHourWh(rationalOfNumber(contract.energy.blockKw)).num : 0n;
}

function total(intervals: readonly ClientInterval[], wh: (interval: ClientInterval) => string): bigint {
  return intervals.reduce((sum, interval) => sum + BigInt(wh(interval)), 0n);
}

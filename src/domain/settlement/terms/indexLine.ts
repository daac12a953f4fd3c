import { intervalLabel } from "../centralText.ts";
import { count, grouped, mwhText, usdText } from "../../units/figures.ts";
import { energyValue, formatUsdPerMwh, parseCentsPerMwh, quarterHourWh } from "../../units/money.ts";
import { rational, rationalOfNumber } from "../../units/rational.ts";
import { andMore, largest } from "./largest.ts";
import type { ChargedLine, LineWords } from "./term.ts";

const DEAREST = 3;

/** The line of energy beyond a client's slice of the blocks: bought, and sold back, at the settlement price. */
export function indexWords(blockKw: number, { intervals, amount }: ChargedLine): LineWords {
  const slice = sliceWh(blockKw);
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

/** A client's slice of the blocks in one interval, Wh. */
export function sliceWh(blockKw: number): bigint {
  return quarterHourWh(rationalOfNumber(blockKw)).num;
}

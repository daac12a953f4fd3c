import { covers } from "../../units/effectiveDates.ts";
import type { DecimalText } from "../../units/decimal.ts";
import { count, grouped, mwhText, unitPriceText, usdText } from "../../units/figures.ts";
import { atUsdPerKwh, atUsdPerMwh, energyValue } from "../../units/money.ts";
import { ZERO, over, rational, times } from "../../units/rational.ts";
import { previousDay } from "../../market/calendar.ts";
import { SettlementError } from "../errors.ts";
import { blockQuarterHourWh } from "../supplyBlocks.ts";
import { addersCost } from "../supplyCost.ts";
import { indexWords, sliceWh } from "./indexLine.ts";
import { meteredKwh, meteredWh } from "./meteredKwh.ts";
import type { ChargedLine, EnergyTerm, KindOfTerms, LineWords } from "./term.ts";

interface PassThrough extends KindOfTerms {
  readonly kind: "pass-through";
  readonly spreadUsdPerKwh: DecimalText;
  readonly blockKw: number;
}

/**
 * The client carries its slice of the blocks at their (mean) price, buys the rest at the settlement price as if it had
 * run, S·(E + ΔE − Q·h) (the curtailed part comes back as credit), and pays adders and a spread on metered energy.
 */
export const passThrough: EnergyTerm<PassThrough> = {
  kind: "pass-through",
  charges: [
    {
      code: "block",
      account: "Income:Hosting:PassThrough:Block",
      formula:
        "block_kw ÷ 4 kWh, used or not, at the mean price of supply_blocks: the sum of kW × price over the blocks ÷ " +
        "the sum of their kW.",
      explain: blockWords,
    },
    {
      code: "index",
      account: "Income:Hosting:PassThrough:Index",
      formula:
        "settlement_price_usd_per_mwh × (energy_kwh + curtailed_kwh − block_kw ÷ 4) ÷ 1000; negative where unused " +
        "block is sold back. Curtailed energy is charged here and comes back as credit.",
      explain: ({ blockKw }, line) => indexWords(blockKw, line),
    },
    {
      code: "adders",
      account: "Income:Hosting:PassThrough:Adders",
      formula: "the sum of the prices of adders × energy_kwh ÷ 1000.",
      explain: addersWords,
    },
    {
      code: "spread",
      account: "Income:Hosting:Spread",
      formula: "spread_usd_per_kwh × energy_kwh.",
      explain: ({ spreadUsdPerKwh }, line) => meteredKwh("Host's spread on metered energy", spreadUsdPerKwh, line),
    },
  ],
  carriesSupply: true,
  words: "pass-through of a slice of the site's blocks, the settlement price beyond it, adders and a spread",
  accrue({ blockKw, spreadUsdPerKwh }, { contract, supply, blocks, price, energyWh, curtailedWh }) {
    const used = rational(energyWh);
    const slice = blockQuarterHourWh(blockKw, `${contract}: blockKw`);
    if (slice.num > blocks.wh.num) {
      throw new SettlementError(
        `${contract}: blockKw is ${blockKw}, but the blocks in force give ${blocks.wh.num} Wh per interval ` +
          `(kW × 250); lower it or add the block`,
      );
    }
    return {
      block: slice.num === 0n ? ZERO : times(blocks.cost, over(slice, blocks.wh)),
      index: rational(energyValue(price, energyWh + curtailedWh - slice.num)),
      adders: addersCost(supply, used),
      spread: atUsdPerKwh(spreadUsdPerKwh, used),
    };
  },
  describe: ({ blockKw, spreadUsdPerKwh, clause }, { blocks, adders }) => [
    `Energy: pass-through of ${grouped(String(blockKw))} kW of the blocks, the settlement price beyond it, adders, ` +
      `and a spread of ${spreadUsdPerKwh} $/kWh (clause ${clause})`,
    ...blocks.map(
      (block) =>
        `Block: ${block.blockId} ${grouped(String(block.quantityKw))} kW at ${block.priceUsdPerMwh} $/MWh from ` +
        `${block.effectiveFrom} ${block.effectiveTo === undefined ? "on" : `to ${previousDay(block.effectiveTo)}`}`,
    ),
    ...adders.map((adder) => `Adder: ${adder.code} ${adder.usdPerMwh} $/MWh (${adder.source})`),
  ],
  summarize: ({ blockKw, spreadUsdPerKwh }) => `pass-through + ${spreadUsdPerKwh} $/kWh, block ${blockKw} kW`,
  columns: [
    {
      name: "block_kw",
      unit: "kW",
      meaning: "Your slice of the site's blocks, by contract. An interval holds a quarter of it in kWh.",
      form: "number",
      value: ({ blockKw }) => String(blockKw),
    },
    {
      name: "supply_blocks",
      unit: "kW, USD/MWh",
      meaning: "The site's blocks in force on the day: name, power and price, separated by a semicolon.",
      form: "text",
      value: (_terms, { blocks }, day) =>
        blocks
          .filter((block) => covers(block, day))
          .map(({ blockId, quantityKw, priceUsdPerMwh }) => `${blockId} ${quantityKw} kW ${priceUsdPerMwh} USD/MWh`)
          .join("; "),
    },
    {
      name: "adders",
      unit: "USD/MWh",
      meaning: "The site's adders on metered energy: code and price, separated by a semicolon.",
      form: "text",
      value: (_terms, { adders }) => adders.map(({ code, usdPerMwh }) => `${code} ${usdPerMwh} USD/MWh`).join("; "),
    },
    {
      name: "spread_usd_per_kwh",
      unit: "USD/kWh",
      meaning: "The host's spread, by contract.",
      form: "number",
      value: ({ spreadUsdPerKwh }) => spreadUsdPerKwh,
    },
  ],
  guides: "all",
};

function addersWords(_terms: PassThrough, { intervals, amount, supply }: ChargedLine): LineWords {
  const wh = meteredWh(intervals);
  return {
    description: "Supply adders on metered energy",
    quantity: mwhText(wh),
    unit: "MWh",
    unitPrice: unitPriceText(amount, wh),
    buildUp: supply.adders.map(
      (adder) =>
        `${adder.code} ${adder.usdPerMwh} $/MWh × ${grouped(mwhText(wh))} MWh = ` +
        `${usdText(atUsdPerMwh(adder.usdPerMwh, rational(wh)))} $ (${adder.source})`,
    ),
  };
}

function blockWords({ blockKw }: PassThrough, { intervals, amount, supply }: ChargedLine): LineWords {
  const wh = sliceWh(blockKw) * BigInt(intervals.length);
  const days = new Set(intervals.map((interval) => interval.intervalKey.slice(0, 10)));
  const blocks = supply.blocks.filter((block) => [...days].some((day) => covers(block, day)));
  const names = blocks.map(
    ({ blockId, quantityKw, priceUsdPerMwh }) => `${blockId} ${grouped(String(quantityKw))} kW ${priceUsdPerMwh} $/MWh`,
  );
  return {
    description: "Fixed-price block, your slice",
    quantity: mwhText(wh),
    unit: "MWh",
    unitPrice: unitPriceText(amount, wh),
    buildUp: [
      `${grouped(String(blockKw))} kW × 0.25 h × ${count(intervals.length, "interval")} = ${grouped(mwhText(wh))} ` +
        `MWh, used or not; from ${names.join(", ")}`,
    ],
  };
}

import type { Contract, Supply } from "../settlement/model.ts";
import { covers } from "../units/effectiveDates.ts";
import type { Column } from "./columns.ts";
import { numberCell, textCell } from "./csv.ts";
import { contractColumns } from "./contractColumns.ts";
import { underTerms } from "./intervalCells.ts";
import type { IntervalRow, RowTerms } from "./intervalRows.ts";

type EnergyTerms<K> = Extract<Contract["energy"], { readonly kind: K }>;
type CreditTerms<K> = Extract<Contract["credit"], { readonly kind: K }>;

/** Columns of the terms that each interval is settled under; those that no row has are left out. */
export function termColumns(rows: readonly IntervalRow[]): Column<IntervalRow>[] {
  const contracts = rows.flatMap(({ under }) => under?.contract ?? []);
  const energy = new Set(contracts.map((contract) => contract.energy.kind));
  const credit = new Set(contracts.map((contract) => contract.credit.kind));
  const when = (there: boolean, columns: readonly Column<IntervalRow>[]) => (there ? columns : []);
  return [
    ...contractColumns(),
    ...when(energy.has("fixed-rate"), [rateColumn()]),
    ...when(energy.has("pass-through"), passThroughColumns()),
    {
      name: "credit_terms",
      unit: "text",
      meaning:
        "How your contract shares the gross credit, with dE the curtailed energy, S the settlement price, K the " +
        "strike and a your share. net-of-strike: K × dE + a × (S − K) × dE where S is above K, else S × dE, never " +
        "below 0. gross-share: a × S × dE, and nothing of a negative price unless shares_negative_price is yes. " +
        "supply-resale: all of S × dE, also of a negative price.",
      cell: underTerms(({ contract }) => contract.credit.kind),
    },
    ...when(credit.has("net-of-strike"), [strikeColumn()]),
    ...when(credit.has("net-of-strike") || credit.has("gross-share"), [shareColumn()]),
    ...when(credit.has("gross-share"), [negativePriceColumn()]),
  ];
}

function rateColumn(): Column<IntervalRow> {
  return {
    name: "rate_usd_per_kwh",
    unit: "USD/kWh",
    meaning: "All-in rate of your contract.",
    cell: energyOf("fixed-rate", ({ rateUsdPerKwh }) => numberCell(rateUsdPerKwh)),
  };
}

function passThroughColumns(): Column<IntervalRow>[] {
  return [
    {
      name: "block_kw",
      unit: "kW",
      meaning: "Your slice of the site's blocks, by contract. An interval holds a quarter of it in kWh.",
      cell: energyOf("pass-through", ({ blockKw }) => numberCell(String(blockKw))),
    },
    {
      name: "supply_blocks",
      unit: "kW, USD/MWh",
      meaning: "The site's blocks in force on the day: name, power and price, separated by a semicolon.",
      cell: ({ under, intervalKey }) =>
        under?.contract.energy.kind === "pass-through" ? textCell(blocksText(under.supply, intervalKey)) : "",
    },
    {
      name: "adders",
      unit: "USD/MWh",
      meaning: "The site's adders on metered energy: code and price, separated by a semicolon.",
      cell: energyOf("pass-through", (_terms, { supply }) =>
        textCell(supply.adders.map(({ code, usdPerMwh }) => `${code} ${usdPerMwh} USD/MWh`).join("; ")),
      ),
    },
    {
      name: "spread_usd_per_kwh",
      unit: "USD/kWh",
      meaning: "The host's spread, by contract.",
      cell: energyOf("pass-through", ({ spreadUsdPerKwh }) => numberCell(spreadUsdPerKwh)),
    },
  ];
}

function strikeColumn(): Column<IntervalRow> {
  return {
    name: "strike_usd_per_mwh",
    unit: "USD/MWh",
    meaning: "Strike K of your contract.",
    cell: creditOf("net-of-strike", ({ strikeUsdPerMwh }) => numberCell(strikeUsdPerMwh)),
  };
}

function shareColumn(): Column<IntervalRow> {
  return {
    name: "client_share",
    unit: "share",
    meaning: "Your share a, from 0 to 1, by contract.",
    cell: underTerms(({ contract: { credit } }) =>
      credit.kind === "supply-resale" ? "" : numberCell(credit.clientShare),
    ),
  };
}

function negativePriceColumn(): Column<IntervalRow> {
  return {
    name: "shares_negative_price",
    unit: "yes or no",
    meaning: "Whether you also share the credit of a negative price, which is a cost.",
    cell: creditOf("gross-share", ({ sharesNegative }) => (sharesNegative ? "yes" : "no")),
  };
}

function blocksText({ blocks }: Supply, key: string): string {
  return blocks
    .filter((block) => covers(block, key.slice(0, 10)))
    .map(({ blockId, quantityKw, priceUsdPerMwh }) => `${blockId} ${quantityKw} kW ${priceUsdPerMwh} USD/MWh`)
    .join("; ");
}

function energyOf<K extends Contract["energy"]["kind"]>(
  kind: K,
  cell: (terms: EnergyTerms<K>, row: RowTerms) => string,
): (row: IntervalRow) => string {
  return underTerms((row) =>
    row.contract.energy.kind === kind ? cell(row.contract.energy as EnergyTerms<K>, row) : "",
  );
}

function creditOf<K extends Contract["credit"]["kind"]>(
  kind: K,
  cell: (terms: CreditTerms<K>) => string,
): (row: IntervalRow) => string {
  return underTerms(({ contract: { credit } }) => (credit.kind === kind ? cell(credit as CreditTerms<K>) : ""));
}

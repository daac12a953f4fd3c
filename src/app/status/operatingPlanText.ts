import type { OperatingHour } from "../../domain/decision/operatingPlan.ts";
import { CAPACITY_PRODUCTS } from "../../domain/market/capacityProducts.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { fixed, grouped } from "../../domain/units/numberText.ts";
import { tableText } from "../tableText.ts";
import { wrapText } from "../wrapText.ts";

/** Whose plan it is. */
export interface PlanOf {
  readonly siteId: SiteId;
  readonly day: OperatingDay;
}

/** A day's plan by the hour, for a terminal. */
export function operatingPlanText(
  { siteId, day }: PlanOf,
  hours: readonly OperatingHour[],
  { columns }: { readonly columns: number },
): string {
  const products = CAPACITY_PRODUCTS.filter(({ product }) => hours.some(({ owedKw }) => owedKw[product] !== undefined));
  const owed = products.map(({ called }) => called);
  const kw = (value: number | undefined): string => (value === undefined ? "" : grouped(fixed(value, 1)));
  return [
    `${siteId}, operating day ${day}, kW at the site meter`,
    "",
    tableText(
      ["hour ending", "planned", "least", "low", "high", ...owed, "$/MWh"],
      hours.map((one) => [
        hourText(one),
        kw(one.plannedKw),
        kw(one.leastKw),
        kw(one.lowKw),
        kw(one.highKw),
        ...products.map(({ product }) => kw(one.owedKw[product])),
        one.usdPerMwh === undefined ? "" : fixed(one.usdPerMwh, 2),
      ]),
      ["planned", "least", "low", "high", ...owed, "$/MWh"],
    ),
    "",
    wrapText(
      "low: with every machine off, or the registered low power consumption; high: with every able machine in its " +
        "normal mode.",
      columns,
      2,
    ),
    "",
  ].join("\n");
}

/** A day's plan as CSV, MW with three decimals; an hour without a foreseen price has an empty one. */
export function operatingPlanCsv({ siteId, day }: PlanOf, hours: readonly OperatingHour[]): string {
  const codes = CAPACITY_PRODUCTS.map(({ product }) => product);
  const mw = (kw: number | undefined): string => (kw === undefined ? "" : fixed(kw / 1000, 3));
  const header = [
    "siteId",
    "operatingDay",
    "hourEnding",
    "repeatedHour",
    "plannedMw",
    "leastMw",
    "lowMw",
    "highMw",
    ...codes.map((code) => `owed${code}Mw`),
    "expectedUsdPerMwh",
  ];
  const rows = hours.map((one) => [
    siteId,
    day,
    String(one.hourEnding),
    one.repeatedHour ? "Y" : "N",
    ...[one.plannedKw, one.leastKw, one.lowKw, one.highKw].map(mw),
    ...codes.map((code) => mw(one.owedKw[code])),
    one.usdPerMwh === undefined ? "" : fixed(one.usdPerMwh, 2),
  ]);
  return [header, ...rows].map((row) => `${row.join(",")}\n`).join("");
}

function hourText({ hourEnding, repeatedHour }: OperatingHour): string {
  return `${hourEnding.toString().padStart(2, "0")}${repeatedHour ? " (second)" : ""}`;
}

import { CREDIT_TERMS, ENERGY_TERMS, MONTHLY_TERMS, termValue } from "../settlement/terms/index.ts";
import type { Column } from "./columns.ts";
import { numberCell, textCell } from "./csv.ts";
import { contractColumns } from "./contractColumns.ts";
import { underTerms } from "./intervalCells.ts";
import type { IntervalRow } from "./intervalRows.ts";

/** Columns of the terms that each interval is settled under; those that no row has are left out. */
export function termColumns(rows: readonly IntervalRow[]): Column<IntervalRow>[] {
  const contracts = rows.flatMap(({ under }) => under?.contract ?? []);
  const kinds = new Set<string>(contracts.flatMap(({ energy, credit }) => [energy.kind, credit.kind]));
  const inUse = <Term extends { readonly kind: string }>(terms: readonly Term[]) =>
    terms.filter(({ kind }) => kinds.has(kind));
  const named = <Term extends { readonly kind: string; readonly guides: string }>(terms: readonly Term[]) =>
    terms.filter(({ kind, guides }) => guides === "all" || kinds.has(kind));
  return [
    ...contractColumns(),
    ...MONTHLY_TERMS.filter(
      ({ guides, columns }) => guides === "all" || contracts.some((one) => columns.some(({ value }) => value(one))),
    ).flatMap(({ columns }) =>
      columns.map(({ value, ...column }) => termColumn(column, ({ under }) => under && value(under.contract))),
    ),
    {
      name: "energy_terms",
      unit: "text",
      meaning: `How your contract charges energy: ${named(ENERGY_TERMS)
        .map(({ words }) => words)
        .join(", or ")}.`,
      cell: underTerms(({ contract }) => contract.energy.kind),
    },
    ...ownColumns(inUse(ENERGY_TERMS)),
    {
      name: "credit_terms",
      unit: "text",
      meaning:
        "How your contract shares the gross credit, with dE the curtailed energy, S the settlement price, K the " +
        `strike and a your share. ${named(CREDIT_TERMS)
          .map(({ kind, formula }) => `${kind}: ${formula}`)
          .join(" ")}`,
      cell: underTerms(({ contract }) => contract.credit.kind),
    },
    ...ownColumns(inUse(CREDIT_TERMS)),
  ];
}

interface Words extends Omit<Column<IntervalRow>, "cell"> {
  readonly form: "number" | "text";
}

/** Each column once, though several kinds have it. */
function ownColumns(terms: readonly { readonly columns: readonly Words[] }[]): Column<IntervalRow>[] {
  const columns = new Map(terms.flatMap((term) => term.columns.map((column) => [column.name, column] as const)));
  return [...columns.values()].map((column) =>
    termColumn(
      column,
      ({ under, intervalKey }) =>
        under && termValue(under.contract, column.name, under.supply, intervalKey.slice(0, 10)),
    ),
  );
}

/** Blank where the terms of an interval do not have it. */
function termColumn(
  { name, unit, meaning, form }: Words,
  value: (row: IntervalRow) => string | undefined,
): Column<IntervalRow> {
  return {
    name,
    unit,
    meaning,
    cell: (row) => (form === "number" ? numberCell(value(row)) : textCell(value(row) ?? "")),
  };
}

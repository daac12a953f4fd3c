import type { Column } from "./columns.ts";
import { numberCell, textCell } from "./csv.ts";
import { underTerms } from "./intervalCells.ts";
import type { IntervalRow } from "./intervalRows.ts";

/** Columns of the interval file that say which contract an interval is settled under, and what every contract has. */
export function contractColumns(): Column<IntervalRow>[] {
  return [
    {
      name: "contract_id",
      unit: "text",
      meaning: "Your contract.",
      cell: underTerms(({ contract }) => textCell(contract.contractId)),
    },
    {
      name: "contract_version",
      unit: "number",
      meaning: "Its version in force on the operating day.",
      cell: underTerms(({ contract }) => String(contract.version)),
    },
    {
      name: "terms",
      unit: "text",
      meaning:
        "Rows of equal terms add up to one line of each kind: v and the contract version, with /2 behind where the " +
        "same version had other terms or another supply.",
      cell: ({ settled }) => textCell(settled?.terms ?? ""),
    },
    {
      name: "rounding",
      unit: "text",
      meaning: "How your contract rounds a line to cents, half-even or half-up; see the file of lines.",
      cell: underTerms(({ contract }) => contract.rounding),
    },
    {
      name: "contracted_kw",
      unit: "kW",
      meaning: "Power contracted: what the fixed fee is charged on.",
      cell: underTerms(({ contract }) => numberCell(String(contract.contractedKw))),
    },
  ];
}

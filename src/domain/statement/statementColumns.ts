import type { Column } from "./columns.ts";
import { textCell } from "./csv.ts";
import type { Statement, StatementLine } from "./model.ts";
import { centralIso } from "../settlement/centralText.ts";
import { disputeUntil } from "./disputeUntil.ts";

/** One row of the lines' file. */
export interface LineRow {
  readonly statement: Statement;
  readonly line: StatementLine;
  /** From 1 on. */
  readonly number: number;
}

/** Columns of the lines' file that say of which statement a line is; the same in every row. */
export function statementColumns(): readonly Column<LineRow>[] {
  return [
    {
      name: "statement_id",
      unit: "text",
      meaning: "Number of this statement.",
      cell: ({ statement }) => textCell(statement.statementId),
    },
    {
      name: "status",
      unit: "text",
      meaning: "issued, or draft: nothing is due on a draft.",
      cell: ({ statement }) => statement.status,
    },
    {
      name: "issued_at_central",
      unit: "time",
      meaning: "When it was issued, or a draft composed, Central Prevailing Time with its offset from UTC.",
      cell: ({ statement }) => centralIso(statement.issuedAt),
    },
    { name: "issued_at_utc", unit: "time", meaning: "The same in UTC.", cell: ({ statement }) => statement.issuedAt },
    {
      name: "dispute_until",
      unit: "date",
      meaning: "Last day, Central, on which a line can be disputed; blank on a draft.",
      cell: ({ statement }) => disputeUntil(statement) ?? "",
    },
    { name: "site_id", unit: "text", meaning: "The site.", cell: ({ statement }) => textCell(statement.siteId) },
    { name: "client_id", unit: "text", meaning: "You.", cell: ({ statement }) => textCell(statement.clientId) },
    {
      name: "contract_id",
      unit: "text",
      meaning: "Your contract.",
      cell: ({ statement }) => textCell(statement.contractId),
    },
    {
      name: "period_from",
      unit: "date",
      meaning: "First operating day, Central.",
      cell: ({ statement }) => statement.period.from,
    },
    {
      name: "period_to",
      unit: "date",
      meaning: "Last operating day, Central, included.",
      cell: ({ statement }) => statement.period.to,
    },
  ];
}

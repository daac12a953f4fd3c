import { formatUsd } from "../units/money.ts";
import { csvText, numberCell, textCell } from "./csv.ts";
import type { Statement } from "./model.ts";

const HEADER = [
  "statement_id",
  "status",
  "issued_at",
  "site_id",
  "client_id",
  "contract_id",
  "period_from",
  "period_to",
  "line",
  "code",
  "description",
  "quantity",
  "unit",
  "unit_price_usd",
  "amount_usd",
  "adjustment_of",
  "source",
  "build_up",
];

/**
 * The statement's lines as CSV (UTF-8, header, ISO dates, plain decimals), one row a line; the amounts sum to the
 * total.
 */
export function renderCsv(statement: Statement): string {
  const rows = statement.lines.map((line, i) => [
    textCell(statement.statementId),
    statement.status,
    statement.issuedAt,
    textCell(statement.siteId),
    textCell(statement.clientId),
    textCell(statement.contractId),
    statement.period.from,
    statement.period.to,
    String(i + 1),
    textCell(line.code),
    textCell(line.description),
    numberCell(line.quantity),
    textCell(line.unit ?? ""),
    numberCell(line.unitPrice),
    numberCell(formatUsd(BigInt(line.amountCents))),
    textCell(line.adjustmentOf ?? ""),
    textCell(line.source),
    textCell(line.buildUp.join(" | ")),
  ]);
  return csvText([HEADER, ...rows]);
}

import type { OperatingDay } from "../market/model.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import type { Statement } from "./model.ts";

/**
 * The settlement version by which a client has been charged for each day of an issued statement: as issued, or as last
 * adjusted by a later one. `later` are the client's other statements, in any order.
 */
export function chargedVersions(statement: Statement, later: readonly Statement[]): Map<OperatingDay, number> {
  const charged = new Map(statement.settlementVersions.map(({ operatingDay, version }) => [operatingDay, version]));
  for (const { originalStatementId, operatingDay, version } of later.flatMap((one) => one.adjustedVersions ?? [])) {
    if (originalStatementId !== statement.statementId) continue;
    const before = charged.get(operatingDay);
    charged.set(operatingDay, before === undefined ? version : Math.max(before, version));
  }
  return charged;
}

/** What an adjustment says of the statement that it corrects. */
export function originalOf({
  statementId,
  period,
  schema,
}: Statement): Pick<StatementAdjustment, "originalStatementId" | "originalSchema" | "originalPeriod"> {
  return {
    originalStatementId: statementId,
    ...(schema === "ballast.statement/1" ? { originalSchema: schema } : {}),
    originalPeriod: period,
  };
}

import type { DaySettlement } from "../settlement/model.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import type { Statement } from "./model.ts";
import { renderCsv } from "./renderCsv.ts";
import { renderGuide } from "./renderGuide.ts";
import { renderIntervalCsv } from "./renderIntervalCsv.ts";
import { renderText } from "./renderText.ts";

/** The files that a client is given with a statement. */
export interface Papers {
  readonly text: string;
  readonly csv: string;
  readonly intervalsCsv: string;
  readonly guide: string;
}

/**
 * The papers of a statement, from what it was composed of. Pure: the same statement gives the same bytes.
 * @throws StatementError when a day does not hold what one of its intervals was settled from.
 */
export function papersOf(
  statement: Statement,
  settledDays: readonly DaySettlement[],
  adjustments: readonly StatementAdjustment[] = [],
): Papers {
  return {
    text: renderText(statement),
    csv: renderCsv(statement),
    intervalsCsv: renderIntervalCsv(statement, settledDays, adjustments),
    guide: renderGuide(statement, settledDays, adjustments),
  };
}

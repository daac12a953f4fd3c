import type { GridReport } from "../market/model.ts";
import { sameValue } from "../units/sameValue.ts";
import type { GridConditionInput } from "./gridKnown.ts";

/** Whether a kept page says what a site was told of it; `before` is what it was told by this source before. */
export function gridSays(row: GridReport, told: GridConditionInput, before: GridConditionInput | undefined): boolean {
  return (
    isLevelOf(row, told, before) &&
    isPreAlertOf(row, told, before) &&
    isAboveOf(told, before) &&
    row.observedAt === told.observedAt &&
    row.stateText === told.stateText &&
    row.prcMw === told.prcMw
  );
}

/** A level is the document's, or, where that one is not confirmed or cannot be read, the level told before. */
function isLevelOf(row: GridReport, told: GridConditionInput, before: GridConditionInput | undefined): boolean {
  if (told.next !== undefined && told.next !== row.level) return false;
  return row.level === told.level || told.level === (before === undefined ? "unknown" : before.level);
}

/** A pre-alert is confirmed by the document's own PRC, or stands as told before. */
function isPreAlertOf(
  row: GridReport,
  { preAlert }: GridConditionInput,
  before: GridConditionInput | undefined,
): boolean {
  if (preAlert === undefined) return true;
  const { prcMw, belowMw, observedAt } = preAlert;
  if (observedAt !== row.observedAt) return sameValue(preAlert, before?.preAlert);
  return prcMw === row.prcMw && prcMw < belowMw;
}

/** The worse that was said once is what was told before. */
function isAboveOf({ above }: GridConditionInput, before: GridConditionInput | undefined): boolean {
  return above === undefined || before === undefined || above === before.next || above === before.above;
}

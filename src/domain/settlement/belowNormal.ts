import type { CohortPlan } from "../decision/model.ts";
import type { ModeShare, Split } from "../decision/split.ts";

/** Machines of a split below the normal mode; also those in a mode that the plan lacks. */
export function belowNormal({ modes, normalModeId }: Pick<CohortPlan, "modes" | "normalModeId">, split: Split): number {
  const indexOf = (id: string): number => modes.findIndex(({ modeId }) => modeId === id);
  const isBelow = ({ modeId }: ModeShare): boolean => indexOf(modeId) < indexOf(normalModeId);
  return split.filter(isBelow).reduce((sum, { machines }) => sum + machines, 0);
}

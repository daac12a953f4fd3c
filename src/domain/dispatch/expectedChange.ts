import type { BaseSpan } from "./dispatchBase.ts";
import type { CohortTarget, DispatchBatch } from "./model.ts";

/**
 * Change of site power that a dispatch is to show on the meter against its base, kW, negative sheds: of every machine
 * that is driven and could follow then, from its mode then to the one it is told. A machine that the base does not know
 * changes nothing.
 */
export function expectedChange(
  targets: readonly CohortTarget[],
  batches: readonly DispatchBatch[],
  base: Readonly<Record<string, readonly BaseSpan[]>>,
): number {
  const shares = targets.flatMap((target) => target.shares);
  let watts = 0;
  for (const { cohortId, modeId, spans } of batches) {
    const toW = shares.find((share) => share.cohortId === cohortId && share.modeId === modeId)?.expectedW;
    if (toW === undefined) continue;
    for (const { from, to } of spans) {
      for (const was of base[cohortId] ?? []) {
        const machines = Math.min(to, was.to) - Math.max(from, was.from);
        const follows = toW < was.fromW ? was.canShed : was.canRestore;
        if (machines > 0 && follows) watts += machines * (toW - was.fromW);
      }
    }
  }
  return watts / 1000;
}

import type { BaseSpan } from "./dispatchBase.ts";
import type { CohortTarget, DispatchBatch } from "./model.ts";

/**
 * What the machines of a dispatch that it tells no higher mode did not draw of their mode's power when last surveyed,
 * kW at the site meter; undefined for none. Machines that start draw it by and by, so nobody knows how much of it the
 * meter showed before the commands. Of a span that is driven in part it is all, as far as those machines can lack it.
 */
export function undrawnPower(
  targets: readonly CohortTarget[],
  batches: readonly DispatchBatch[],
  base: Readonly<Record<string, readonly BaseSpan[]>>,
): number | undefined {
  const shares = targets.flatMap((target) => target.shares);
  let watts = 0;
  for (const was of Object.entries(base).flatMap(([cohortId, spans]) => spans.map((span) => ({ ...span, cohortId })))) {
    if (was.undrawnW === undefined || !was.canShed) continue;
    let machines = 0;
    for (const { cohortId, modeId, spans } of batches) {
      const toW = shares.find((share) => share.cohortId === cohortId && share.modeId === modeId)?.expectedW;
      if (cohortId !== was.cohortId || toW === undefined || toW > was.fromW) continue;
      for (const { from, to } of spans) machines += Math.max(Math.min(to, was.to) - Math.max(from, was.from), 0);
    }
    watts += Math.min(was.undrawnW, machines * was.fromW);
  }
  return watts > 0 ? watts / 1000 : undefined;
}

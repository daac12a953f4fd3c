import type { DispatchPlan } from "./model.ts";

/** One cohort before anything moved. */
export interface CohortBase {
  /** Wall power of one machine in the mode it was in, W. */
  readonly fromW: number;
  /** Machines that could shed, and machines that could bring load back, by their last read-backs. */
  readonly ableToShed: number;
  readonly ableToRestore: number;
}

/**
 * Change of site power that a dispatch is to show on the meter against its base, kW, negative sheds: of every cohort
 * that is driven, the machines that could follow then, each from its mode then to its target. A cohort that the base
 * does not know changes nothing.
 */
export function expectedChange(
  { targets, batches }: Pick<DispatchPlan, "targets" | "batches">,
  base: Readonly<Record<string, CohortBase>>,
): number {
  const driven = new Set(batches.map(({ cohortId }) => cohortId));
  return targets.reduce((kw, { cohortId, expectedW }) => {
    const was = base[cohortId];
    if (was === undefined || !driven.has(cohortId)) return kw;
    return kw + ((expectedW - was.fromW) / 1000) * (expectedW < was.fromW ? was.ableToShed : was.ableToRestore);
  }, 0);
}

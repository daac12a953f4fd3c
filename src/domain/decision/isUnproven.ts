import type { SiteState } from "./siteStateModel.ts";

/** Whether a dispatch was begun, and the meter has not confirmed the newest one, whole. */
export function isUnproven({ revision, verdict }: SiteState): boolean {
  const isConfirmed = verdict?.revision === revision && verdict.outcome === "confirmed" && verdict.stragglers === 0;
  return revision > 0 && !isConfirmed;
}

import type { Demand } from "./demand.ts";
import type { CohortId } from "../units/ids.ts";

/** Orders released, and instructions recalled, that a site remembers of each. */
const CLOSED_IDS = 50;

/** What is closed with some more ids, the newest last. */
export function closed(before: readonly string[], ...ids: readonly string[]): readonly string[] {
  return [...new Set([...before.filter((one) => !ids.includes(one)), ...ids])].slice(-CLOSED_IDS);
}

/** kW are those of one cohort or of the whole site; which of several cohorts would give them is nobody's to guess. */
export function kwScopeProblem(asked: {
  readonly cohortIds?: readonly CohortId[];
  readonly demand?: Demand;
  readonly minKw?: number;
}): string | undefined {
  const { cohortIds, demand, minKw } = asked;
  const hasKw = minKw !== undefined || (demand !== undefined && demand.kind !== "off");
  return hasKw && cohortIds !== undefined && cohortIds.length > 1
    ? `kW of ${cohortIds.length} cohorts; name one cohort, or none for the whole site`
    : undefined;
}

/** Whether two lists name the same, in whatever order; a list that is absent names all. */
export function sameIds(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((id) => other.includes(id));
}

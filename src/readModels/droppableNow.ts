import { isCommanded } from "../domain/decision/isCommanded.ts";
import type { DecisionRecord, SitePlan } from "../domain/decision/model.ts";

/** What of a site could come off. Power is that of the site meter. */
export interface DroppableNow {
  /** What could come off now beyond what is off already, kW, if every machine follows. */
  readonly droppableKw: number;
  /** Of the cohorts that nothing can be dropped of: why. */
  readonly notDroppable: readonly { readonly cohortId: string; readonly why: string }[];
}

/** What could come off of a site as its newest decision orders it. */
export function droppableNow(plan: SitePlan, record: DecisionRecord | undefined): DroppableNow {
  const facts = record?.input.facts;
  const droppable = plan.cohorts.map((cohort) => ({ cohort, kw: onKw(plan, cohort.cohortId, record) }));
  const held = droppable.filter(({ cohort }) => !isCommanded(plan, cohort, facts?.frozenCohorts));
  return {
    droppableKw: droppable.filter((one) => !held.includes(one)).reduce((sum, { kw }) => sum + kw, 0),
    notDroppable: held.map(({ cohort }) => ({
      cohortId: cohort.cohortId,
      why: cohort.lockedOut
        ? "locked out"
        : facts?.frozenCohorts?.includes(cohort.cohortId) === true
          ? "frozen"
          : "not under control",
    })),
  };
}

/** What a cohort takes above all off, as it is ordered, kW. */
function onKw({ cohorts, pue }: SitePlan, cohortId: string, record: DecisionRecord | undefined): number {
  const cohort = cohorts.find((one) => one.cohortId === cohortId);
  const split = record?.output.cohorts.find((one) => one.cohortId === cohortId)?.split ?? [];
  const offW = cohort?.modes[0]?.powerW ?? Number.NaN;
  return split.reduce((kw, { modeId, machines }) => {
    const powerW = cohort?.modes.find((mode) => mode.modeId === modeId)?.powerW ?? offW;
    return kw + ((powerW - offW) * machines * pue) / 1000;
  }, 0);
}

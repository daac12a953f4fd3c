import type { GridInstruction } from "../inputs/gridInstruction.ts";
import type { SitePlan } from "../decision/planModel.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { type BaseCandidate, clockBase } from "./clockBase.ts";
import type { RunningClock } from "./responseClock.ts";
import { responseSeconds } from "./responseSeconds.ts";
import { responseTarget } from "./responseTarget.ts";

/**
 * The clock of an instruction as it begins at its effective moment, with what the meter showed then by some looks,
 * ascending (`clockBase`). The issuer's own time (`effectiveBy`) goes before that of the product. A revision of an
 * instruction that stands counts from where that began (`stoodFrom`): the meter now shows what its first content left.
 */
export function runningClock(
  { cohorts, pue, firmKw, houseKw }: Pick<SitePlan, "cohorts" | "pue" | "firmKw" | "houseKw">,
  instruction: GridInstruction,
  looks: readonly BaseCandidate[],
  stoodFrom?: BaseCandidate,
): RunningClock {
  const { from: startedAt, effectiveBy, product, cohortIds } = instruction;
  const limit = responseSeconds(product);
  const dueAt = effectiveBy ?? (limit === undefined ? undefined : addSeconds(startedAt, limit));
  const base = stoodFrom ?? clockBase(looks, startedAt, dueAt);
  const baseKw = base?.powerKw;
  const offKw = (named: SitePlan["cohorts"]): number =>
    named.reduce((kw, { machines, modes }) => kw + (machines * (modes[0]?.powerW ?? Number.NaN) * pue) / 1000, 0);
  const constant = [firmKw, houseKw].reduce<number>((kw, one) => (one === undefined ? kw : kw + one), 0);
  const stepsKw = cohorts.flatMap(({ modes: [off, ...on] }) =>
    on.map(({ powerW }) => ((powerW - (off?.powerW ?? Number.NaN)) * pue) / 1000),
  );
  const targetKw = responseTarget(instruction, {
    baseKw,
    allOffKw: offKw(cohorts) + constant,
    namedOffKw: offKw(cohorts.filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true)),
    halfMachineKw: stepsKw.reduce((least, kw) => (kw < least ? kw : least), Infinity) / 2,
  });
  return {
    startedAt,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(baseKw === undefined ? {} : { baseKw, baseAt: base?.at }),
    ...(base?.beforeRevision === undefined ? {} : { baseRevision: base.beforeRevision }),
    ...(targetKw === undefined ? {} : { targetKw }),
  };
}

/** When an instruction whose clock runs ended before its time; undefined while it holds as it did. */
export function clockEndedAt(
  now: Instant,
  standing: Pick<GridInstruction, "until" | "isRecalled"> | undefined,
): Instant | undefined {
  if (standing === undefined) return now;
  if (standing.isRecalled === true) return standing.until ?? now;
  return standing.until !== undefined && standing.until <= now ? standing.until : undefined;
}
